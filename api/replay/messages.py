"""What a report and a comparison of replays say, in English and French.

Texts are `str.format` templates and may hold markup of ours; what is filled in is escaped. What rules say is in
`api.text.messages`, what codes of rejects mean in English in `api.replay.rejects`.
"""

MONTHS_FR = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
MONTHS_SHORT = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "fr": ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
}

WORDS: dict[str, tuple[str, str]] = {
    # Head
    "page_title": (
        "Replay of {name}: {rows} encounters, {period}",
        "Rejeu de {name} : {rows} événements, {period}",
    ),
    "kind": ("safeport: replay of past encounters", "safeport : rejeu d'événements passés"),
    "lead": (
        "{read} rows read: {with_port} encounters with a port, {without_port} without, {refused} positions refused, "
        "{rejected} rows rejected; {period}. Policy <b>{policy}</b>: {sentence}",
        "{read} lignes lues : {with_port} événements avec un port, {without_port} sans, {refused} positions refusées, "
        "{rejected} lignes rejetées ; {period}. Politique <b>{policy}</b> : {sentence}",
    ),
    "no_encounters": ("no encounters", "aucun événement"),
    "from_to": ("{first} to {last}", "du {first} au {last}"),
    "on_day": ("{day}", "le {day}"),
    "policy_by_row": ("by row", "par ligne"),
    "policy_each": (
        "each row was judged by the policy it names.",
        "chaque ligne est jugée par la politique qu'elle nomme.",
    ),
    "policy_own": ("a policy of the operator's own.", "une politique propre à l'opérateur."),
    "policy_other": (
        "a policy of the operator's own, or of another release.",
        "une politique propre à l'opérateur, ou d'une autre version.",
    ),
    "engine": ("Engine {version}", "Moteur {version}"),
    "geodata": ("geodata {id}", "géodonnées {id}"),
    "no_forecast": ("no forecast", "sans prévision"),
    "one_forecast": ("1 forecast", "1 prévision"),
    "forecasts": ("{count} forecasts", "{count} prévisions"),
    "replayed_at": ("replayed {at}", "rejoué le {at}"),
    "advisory": (
        "<b>Advice worked out afterwards, not a judgement.</b> The co-ordination centre and the master decide. "
        'What this report cannot say is listed <a href="#limits">at its end</a>.',
        "<b>Un conseil calculé après coup, pas un jugement.</b> Le CROSS/MRCC et le capitaine décident. "
        'Ce que ce rapport ne peut pas dire est énuméré <a href="#limits">à la fin</a>.',
    ),
    # Main figures
    "main_figures": ("Main figures", "Chiffres principaux"),
    "figure_suitable": (
        "of encounters with an answer have a port recommended ({count} of {rows}).",
        "des événements ayant une réponse ont un port recommandé ({count} sur {rows}).",
    ),
    "figure_refused": (
        "Not among them: {count} positions refused.",
        "Non compris : {count} positions refusées.",
    ),
    "figure_half": (
        "half of them reach a landing within this time; 90 % within {p90} min, 99 % within {p99} min",
        "la moitié atteint un débarquement dans ce délai ; 90 % en {p90} min, 99 % en {p99} min",
    ),
    "figure_half_none": ("no time to a landing is known", "aucun temps jusqu'au débarquement n'est connu"),
    "figure_harbour_passed_over": (
        "of recommended ports have a nearer harbour that was passed over, each for a reason named below",
        "des ports recommandés ont un port plus proche qui a été écarté, chacun pour un motif donné plus bas",
    ),
    "figure_passed_over": (
        "of recommended ports have a nearer place that was passed over, be it a beach",
        "des ports recommandés ont un lieu plus proche qui a été écarté, fût-ce une plage",
    ),
    "figure_near_ties": (
        "of recommended ports are near ties: a second one is so close that either may be taken",
        "des ports recommandés sont presque à égalité : un second est si proche que l'un ou l'autre convient",
    ),
    # Map
    "where": ("Where from, where to", "D'où, vers où"),
    "map_label": ("Map of encounters and recommended ports", "Carte des événements et des ports recommandés"),
    "legend_density": ("encounters in a square:", "événements par carré :"),
    "density_range": ("{least} to {most}", "{least} à {most}"),
    "density_or_more": ("{least} or more", "{least} ou plus"),
    "legend_encounter": ("encounter, a port recommended", "événement, un port recommandé"),
    "legend_unconfirmed": ("no port confirmed", "aucun port confirmé"),
    "legend_none": ("no port fit, or position refused", "aucun port adapté, ou position refusée"),
    "legend_port": ("recommended port, area by number", "port recommandé, surface selon le nombre"),
    "legend_other": ("other port of the register", "autre port du registre"),
    "legend_flow": (
        "recommended, thickness by number; not a route",
        "recommandé, épaisseur selon le nombre ; pas une route",
    ),
    "legend_observed": ("to the port observed, where another", "vers le port observé, si c'en est un autre"),
    "legend_srr": ("limit of rescue regions, approximate", "limite des régions de sauvetage, approximative"),
    "map_note": ("Mercator's projection, north up.", "Projection de Mercator, nord en haut."),
    "map_outside": ("{count} encounters lie outside the frame.", "{count} événements sont hors du cadre."),
    "map_flows_left": (
        "The thickest flows are drawn; {count} answers are in thinner ones.",
        "Les flux les plus épais sont tracés ; {count} réponses sont dans de plus minces.",
    ),
    "map_coast": (
        "Coast © OpenStreetMap contributors (ODbL 1.0), simplified; not a chart.",
        "Trait de côte © contributeurs d'OpenStreetMap (ODbL 1.0), simplifié ; pas une carte marine.",
    ),
    "map_no_port_fit": ("no port fit", "aucun port adapté"),
    "map_refused": ("position refused", "position refusée"),
    "map_about": ("about {position} to {port}: {count}", "vers {position}, à destination de {port} : {count}"),
    "map_landed": ("{name}: landed at {port}", "{name} : débarquement à {port}"),
    "map_encounter": ("{name}: {answer}. {position}", "{name} : {answer}. {position}"),
    "map_port": ("{port}: {count}", "{port} : {count}"),
    "map_scale": ("{miles} nm", "{miles} M"),
    "map_scale_at": ("at {latitude}", "par {latitude}"),
    "row": ("row {number}", "ligne {number}"),
    # Time to landing
    "time": ("Time to landing", "Temps jusqu'au débarquement"),
    "time_label": ("Distribution of time to landing", "Répartition du temps jusqu'au débarquement"),
    "time_note": (
        "{count} answers with a known time, in steps of {step} min: passage, wait for tide, gate or lock, and harbour. "
        "Longest: {longest}.",
        "{count} réponses dont le temps est connu, par pas de {step} min : trajet, attente de marée, de porte ou "
        "d'écluse, et port. Le plus long : {longest}.",
    ),
    "time_longest": ("{minutes} min", "{minutes} min"),
    "time_longest_cut": ("{minutes} min or more", "{minutes} min ou plus"),
    "time_waiting": ("{count} include a wait outside.", "{count} comprennent une attente au large."),
    "time_detour": (
        "By water the way is on average {ratio} times the straight line.",
        "Par mer, la route est en moyenne {ratio} fois la ligne droite.",
    ),
    "time_none": ("No answer has a known time.", "Aucune réponse n'a de temps connu."),
    "time_axis": ("minutes to landing", "minutes jusqu'au débarquement"),
    "time_bar": ("{low} to {high} min", "{low} à {high} min"),
    "time_beyond": ("{low} min and more", "{low} min et plus"),
    "half_within": ("half within {minutes} min", "la moitié en {minutes} min"),
    "share_within": ("{share} % within {minutes} min", "{share} % en {minutes} min"),
    "bar": ("{what}: {count}", "{what} : {count}"),
    "ports": ("Recommended ports", "Ports recommandés"),
    "head_port": ("Port", "Port"),
    "head_country": ("Country", "Pays"),
    "head_answers": ("Answers", "Réponses"),
    "head_share": ("Share", "Part"),
    "head_people": ("People", "Personnes"),
    "head_half_min": ("Half within, min", "La moitié en, min"),
    "head_90_min": ("90 % within, min", "90 % en, min"),
    "head_longest_min": ("Longest, min", "Le plus long, min"),
    # Why
    "why": ("Why nearer ports were passed over", "Pourquoi des ports plus proches ont été écartés"),
    "why_some": (
        "In {count} answers at least one port is nearer than the recommended one, by what the policy ranks by or in "
        "time.",
        "Dans {count} réponses, au moins un port est plus proche que celui recommandé, selon le critère de la "
        "politique ou en temps.",
    ),
    "why_more": (
        "In {count} more no port is recommended at all.",
        "Dans {count} autres, aucun port n'est recommandé.",
    ),
    "why_counted": (
        "Counted here is the finding that decided against the nearest port passed over.",
        "On compte ici le constat qui a fait écarter le plus proche de ces ports.",
    ),
    "why_rarer": (
        "And {count} rarer reasons: see the column <code>passed_over_code</code>.",
        "Et {count} motifs plus rares : voir la colonne <code>passed_over_code</code>.",
    ),
    "why_none": (
        "No port was nearer than the recommended one in any answer.",
        "Dans aucune réponse un port n'était plus proche que celui recommandé.",
    ),
    "head_reason": ("Reason", "Motif"),
    "why_every": (
        "{count} answers have no port. In these one finding excludes every harbour alike:",
        "{count} réponses n'ont pas de port. Dans celles-ci un même constat exclut tous les ports :",
    ),
    "why_harbours": (
        "In {count} of {ports} answers with a port at least one harbour is nearer than the recommended one, by what "
        "the policy ranks by or in time. Counted here is the finding against the nearest of them, with the minutes "
        "given up by going on.",
        "Dans {count} des {ports} réponses avec un port, au moins un port est plus proche que celui recommandé, selon "
        "le critère de la politique ou en temps. On compte ici le constat contre le plus proche, avec les minutes "
        "perdues à aller plus loin.",
    ),
    "why_person": (
        "In {count} more, only beaches and other places that only a person may choose are nearer.",
        "Dans {count} autres, seuls sont plus proches des plages et d'autres lieux que seule une personne peut "
        "choisir.",
    ),
    "why_file": (
        "Every port passed over is a line of <code>passed_over.parquet</code>.",
        "Chaque port écarté est une ligne de <code>passed_over.parquet</code>.",
    ),
    "why_no_harbour": (
        "No harbour was nearer than the recommended one in any answer.",
        "Dans aucune réponse un port n'était plus proche que celui recommandé.",
    ),
    "head_given_up": ("Minutes given up, mean", "Minutes perdues, moyenne"),
    "head_person_minutes": ("Person-minutes", "Personnes × minutes"),
    "months": ("Landings by month", "Débarquements par mois"),
    "months_note": (
        "Answers with a port and a known time, by the month of the encounter. Person-minutes are the time to the "
        "landing times the people, added up.",
        "Réponses avec un port et un temps connu, par mois de l'événement. Les personnes × minutes sont le temps "
        "jusqu'au débarquement multiplié par les personnes, additionnés.",
    ),
    "head_month": ("Month", "Mois"),
    "head_landings": ("Landings", "Débarquements"),
    # Places
    "full": ("How full ports would have been", "Remplissage qu'auraient eu les ports"),
    "full_how": (
        "Encounters were taken one after another, by their times. Each took its places from the moment of its answer "
        "until {stay} after it landed, and each next one saw what was left. {encounters} encounters ({persons} people) "
        "found no port confirmed.",
        "Les événements sont pris un par un, selon leurs heures. Chacun occupe ses places de l'instant de sa réponse à "
        "{stay} après son débarquement, et chaque suivant voit ce qui reste. {encounters} événements ({persons} "
        "personnes) n'ont trouvé aucun port confirmé.",
    ),
    "full_stay": ("{hours} hours", "{hours} heures"),
    "full_note": (
        "Greatest share of the places taken in each span; places of the port in brackets.",
        "Plus grande part des places occupées dans chaque intervalle ; places du port entre parenthèses.",
    ),
    "full_below": ("below {share} %", "moins de {share} %"),
    "full_from": ("from {share} %", "à partir de {share} %"),
    "full_full": ("full", "complet"),
    "full_label": ("Places taken over time", "Places occupées au fil du temps"),
    "full_cell": ("{port}: up to {share} %", "{port} : jusqu'à {share} %"),
    "full_what_not": (
        "Each encounter took what was best for it alone; nothing was planned together and nobody else came or went. "
        "Ports that the capacity table does not name count as having an unknown number of places.",
        "Chaque événement a pris ce qui était le mieux pour lui seul ; rien n'a été planifié ensemble et personne "
        "d'autre n'est venu ni parti. Un port absent de la table des capacités compte comme ayant un nombre de places "
        "inconnu.",
    ),
    # Chances
    "sure": ("How sure the best port is", "Certitude sur le meilleur port"),
    "sure_how": (
        "Position, speed and waves were drawn {draws} times for each encounter, within the uncertainty stated or "
        "assumed for them (<code>uncertainty.toml</code>, seed {seed}). Counted here is how often the likeliest port "
        "came out best.",
        "Position, vitesse et vagues sont tirées {draws} fois pour chaque événement, dans l'incertitude indiquée ou "
        "supposée (<code>uncertainty.toml</code>, graine {seed}). On compte ici combien de fois le port le plus "
        "probable est le meilleur.",
    ),
    "sure_head": ("The likeliest port is best in", "Le port le plus probable est le meilleur dans"),
    "head_encounters": ("Encounters", "Événements"),
    "sure_least": ("{share} % of draws or more", "{share} % des tirages ou plus"),
    "sure_less": ("less than {share} % of draws", "moins de {share} % des tirages"),
    "sure_none": ("no draw was afloat", "aucun tirage à flot"),
    "sure_bits": (
        "Ambiguity is {bits} bits on average: 0 where one port always wins, 1 where two are as likely as heads and "
        "tails.",
        "L'ambiguïté est de {bits} bit en moyenne : 0 si un port gagne toujours, 1 si deux sont aussi probables que "
        "pile et face.",
    ),
    "sure_file": (
        "Each encounter's three likeliest ports are in <code>chances.parquet</code>.",
        "Les trois ports les plus probables de chaque événement sont dans <code>chances.parquet</code>.",
    ),
    # Against what was done
    "history": ("Against the ports observed", "Comparaison avec les ports observés"),
    "history_how": (
        "{count} encounters name the port people were landed at. Agreement is no pass mark: practice is often not the "
        "nearest port, for reasons no table holds. What counts is that each difference has its reason.",
        "{count} événements nomment le port où les personnes ont été débarquées. L'accord n'est pas une note : la "
        "pratique n'est souvent pas le port le plus proche, pour des raisons qu'aucune table ne contient. Ce qui "
        "compte est que chaque écart ait son motif.",
    ),
    "history_same": ("the same port", "le même port"),
    "history_finding": (
        "another port; a finding speaks against the one observed",
        "un autre port ; un constat s'oppose à celui qui a été observé",
    ),
    "history_near_tie": (
        "another port, but the two are too close to tell apart",
        "un autre port, mais les deux sont trop proches pour être départagés",
    ),
    "history_record": (
        "another port, explained by the record of what was done",
        "un autre port, expliqué par ce qui est consigné de l'opération",
    ),
    "history_doubt": (
        "another port, but hour or vessel is in doubt and within that doubt the one observed may be the best",
        "un autre port, mais l'heure ou le navire est incertain et, dans cette incertitude, celui qui a été observé "
        "peut être le meilleur",
    ),
    "history_compared": ("compared", "comparés"),
    "history_refused": (
        "not compared: the position was refused, so there is no answer",
        "non comparés : la position a été refusée, il n'y a donc pas de réponse",
    ),
    "history_outside": (
        "not compared: the port observed is not in the register",
        "non comparés : le port observé n'est pas dans le registre",
    ),
    "history_control": (
        "Control, of {controlled} compared: the harbour nearest in a straight line is the port observed in {line} "
        "({line_share}), the harbour nearest by water in {water} ({water_share}).",
        "Témoin, sur {controlled} comparés : le port le plus proche en ligne droite est le port observé dans {line} "
        "cas ({line_share}), le plus proche par mer dans {water} ({water_share}).",
    ),
    "history_records": ("What the record says was done", "Ce que dit la consignation de l'opération"),
    "history_groups": (
        "Not explained by any rule, by pair of ports",
        "Sans explication par une règle, par paire de ports",
    ),
    "history_groups_left": (
        "{groups} more pairs stand for {count} encounters.",
        "{groups} autres paires représentent {count} événements.",
    ),
    "history_file": (
        "All {count} are in <code>history.csv</code>, difference <code>unexplained</code>.",
        "Les {count} sont tous dans <code>history.csv</code>, difference <code>unexplained</code>.",
    ),
    "head_later_half": ("Later by, median, min", "Plus tard de, médiane, min"),
    "history_unexplained": (
        "another port, and no rule speaks against the one observed",
        "un autre port, et aucune règle ne s'oppose à celui qui a été observé",
    ),
    "history_findings": ("What speaks against the port observed", "Ce qui s'oppose au port observé"),
    "head_finding": ("Finding", "Constat"),
    "history_listed": ("Not explained by any rule, one by one", "Sans explication par une règle, un par un"),
    "head_encounter": ("Encounter", "Événement"),
    "head_recommended": ("Recommended", "Recommandé"),
    "head_observed": ("Observed", "Observé"),
    "head_later": ("Later by, min", "Plus tard de, min"),
    "head_farther": ("Farther by, nm", "Plus loin de, M"),
    "head_known": ("What is known", "Ce qu'on en sait (texte de la table)"),
    # When
    "when": ("When and where", "Quand et où"),
    "hours_label": ("Encounters by hour of day, UTC", "Événements par heure du jour, UTC"),
    "hours_bar": ("{low} to {high} UTC: {count}", "{low} à {high} UTC : {count}"),
    "hours_note": (
        "Encounters by hour of the day, UTC. Search and rescue region (approximate): {regions}; within the band "
        "along a "
        "limit between regions: {band}.",
        "Événements par heure du jour, UTC. Région de recherche et de sauvetage (approximative) : {regions} ; dans la "
        "bande le long d'une limite entre régions : {band}.",
    ),
    "regions_none": ("none", "aucune"),
    # Rows
    "rows": ("Every row accounted for", "Chaque ligne a son compte"),
    "rows_read": ("rows read", "lignes lues"),
    "rows_rejected": (
        "rejected: no encounter could be made of them",
        "rejetées : aucun événement n'a pu en être tiré",
    ),
    "outcome_suitable": ("a port recommended", "un port recommandé"),
    "outcome_unconfirmed": (
        "no port confirmed, the best unconfirmed one shown",
        "aucun port confirmé, le meilleur des non confirmés est montré",
    ),
    "outcome_none": ("no port fit", "aucun port adapté"),
    "outcome_refused": ("position refused", "position refusée"),
    "rows_add_up": ("these add up", "le compte y est"),
    "rows_do_not_add_up": (
        "<b>these do not add up: do not use this replay</b>",
        "<b>le compte n'y est pas : ne pas utiliser ce rejeu</b>",
    ),
    "head_rows": ("Rows", "Lignes"),
    "rows_why_rejected": ("Why rows were rejected", "Pourquoi des lignes ont été rejetées"),
    "rows_several": (
        "A row may have several reasons; each is in <code>rejects.csv</code> with its number.",
        "Une ligne peut avoir plusieurs motifs ; chacune est dans <code>rejects.csv</code> avec son numéro.",
    ),
    "rows_assumed": ("What was assumed in reading rows", "Ce qui a été supposé à la lecture"),
    "rows_why_refused": ("Why positions were refused", "Pourquoi des positions ont été refusées"),
    # What it rests on
    "rests": ("What it rests on", "Sur quoi cela repose"),
    "head_data": ("Data", "Données"),
    "head_edition": ("Edition", "Édition"),
    "head_age": ("Age or reach", "Âge ou portée"),
    "age_coast": ("Coast, ports and zones", "Trait de côte, ports et zones"),
    "age_pack": ("pack {id}, built {at}", "paquet {id}, construit le {at}"),
    "age_tide": ("Tide", "Marée"),
    "age_constants": ("harmonic constants of the pack", "constantes harmoniques du paquet"),
    "age_tide_used": (
        "predicted for the date of each encounter; used at {count} of {all} recommended ports",
        "prédite pour la date de chaque événement ; utilisée pour {count} ports recommandés sur {all}",
    ),
    "age_weather": ("Sea and weather", "Mer et météo"),
    "age_forecast": ("forecast", "prévision"),
    "age_run": ("run of {at}", "calcul du {at}"),
    "age_reach": (
        "spoke of the time of {count} of {all} encounters",
        "couvraient l'heure de {count} événements sur {all}",
    ),
    "age_no_forecast": (
        "none connected: times are for calm water without stream",
        "aucune fournie : les temps valent pour une eau calme sans courant",
    ),
    "age_weather_reach": ("Sea and weather, reach", "Mer et météo, portée"),
    "age_live": ("State of ports, places, reception", "État des ports, places, accueil"),
    "age_live_none": ("none", "aucune"),
    "age_live_reach": (
        "not known for the past: see the limits below",
        "inconnus pour le passé : voir les limites plus bas",
    ),
    "age_unknown": ("age not known", "âge inconnu"),
    "age_before_first": ("built before the first encounter", "construit avant le premier événement"),
    "age_before_last": (
        "built before the last encounter, {days} days after the first: the ports as they are now, not as they "
        "were then",
        "construit avant le dernier événement, {days} jours après le premier : les ports d'aujourd'hui, pas "
        "ceux d'alors",
    ),
    "age_after": (
        "built {since} days after the last encounter, {days} days after the first: the ports as they are now, not as "
        "they were then",
        "construit {since} jours après le dernier événement, {days} jours après le premier : les ports d'aujourd'hui, "
        "pas ceux d'alors",
    ),
    "digest_input": ("input {name}", "entrée {name}"),
    "digest_map": ("column map {name}", "table des colonnes {name}"),
    "digest_code": ("program code", "code du programme"),
    "digest_geodata": ("geodata {name}", "géodonnées {name}"),
    "digest_policy": ("policy {name}", "politique {name}"),
    "digest_forecast": ("forecast {name}", "prévision {name}"),
    "digest_decisions": ("decisions", "décisions"),
    # Limits of use
    "limits": ("Limits of use", "Limites d'usage"),
    "limit_advice": (
        "This is advice worked out afterwards. The co-ordination centre and the master decided with what they "
        "knew, saw "
        "and were told; a difference from what was done is a question, not a finding of fault.",
        "Ceci est un conseil calculé après coup. Le CROSS/MRCC et le capitaine ont décidé avec ce qu'ils savaient, "
        "voyaient et apprenaient ; un écart avec ce qui a été fait est une question, pas une faute constatée.",
    ),
    "limit_history": (
        "History is no measure of right or wrong here: a unit may have been sent on, have landed where reception was "
        "ready, or have served several rescues. What counts is that every difference is explained.",
        "L'histoire ne mesure ici ni le juste ni le faux : une unité a pu être envoyée plus loin, débarquer là où "
        "l'accueil était prêt, ou servir plusieurs sauvetages. Ce qui compte est que chaque écart soit expliqué.",
    ),
    "limit_positions": (
        "Positions are as given in the input, times in UTC. Many published positions are good to a mile or two.",
        "Les positions sont celles de l'entrée, les heures en UTC. Bien des positions publiées sont bonnes à un "
        "ou deux "
        "milles près.",
    ),
    "limit_live": (
        "Harbour state, places ashore, berths taken and reception at the time are not in the data.",
        "L'état des ports, les places à terre, les postes occupés et l'accueil du moment ne sont pas dans les données.",
    ),
    "limit_live_but_places": (
        "Harbour state, places ashore, berths taken and reception at the time are not in the data, except the "
        "places of "
        "the capacity table that was given.",
        "L'état des ports, les places à terre, les postes occupés et l'accueil du moment ne sont pas dans les données, "
        "sauf les places de la table des capacités fournie.",
    ),
    "limit_no_forecast": (
        "No forecast was connected: times are for calm water, without wind, sea or stream.",
        "Aucune prévision n'était fournie : les temps valent pour une eau calme, sans vent, mer ni courant.",
    ),
    "limit_regions": (
        "Limits between search and rescue regions are approximate: each stretch has its own doubt, the width of the "
        "band.",
        "Les limites entre régions de recherche et de sauvetage sont approximatives : chaque tronçon a son "
        "incertitude, largeur de la bande.",
    ),
    "limit_assumed": (
        "Limits of vessels and ports marked as assumed in the policy and the register are ours until operators replace "
        "them.",
        "Les limites de navires et de ports marquées comme supposées dans la politique et le registre sont les nôtres "
        "tant que les opérateurs ne les ont pas remplacées.",
    ),
    "limit_lines": (
        "Lines on the map join encounters and ports. They are not routes; distances and times are by water.",
        "Les traits de la carte joignent événements et ports. Ce ne sont pas des routes ; distances et temps sont par "
        "mer.",
    ),
    "limit_navigation": ("Not for navigation.", "Ne pas utiliser pour la navigation."),
    "limit_persons": (
        "In {count} encounters the number of people is not known; the policy's assumption was used for them and is "
        "counted in the numbers of people.",
        "Dans {count} événements le nombre de personnes est inconnu ; l'hypothèse de la politique a été prise "
        "et compte "
        "dans les nombres de personnes.",
    ),
    "licences": (
        "Contains data © OpenStreetMap contributors, available under the Open Database License 1.0. Tidal constants: "
        "TICON-4, CC BY 4.0. No names and nothing about who the people were is in the input, the output or this "
        "report.",
        "Contient des données © contributeurs d'OpenStreetMap, disponibles sous licence ODbL 1.0. Constantes de "
        "marée : "
        "TICON-4, CC BY 4.0. Ni nom ni rien sur l'identité des personnes n'est dans l'entrée, la sortie ou ce rapport.",
    ),
    # Comparison
    "compare_title": ("Two replays of {name} compared", "Comparaison de deux rejeux de {name}"),
    "compare_kind": ("safeport: two replays compared", "safeport : comparaison de deux rejeux"),
    "first": ("First", "Premier"),
    "second": ("Second", "Second"),
    "folder": ("Folder", "Dossier"),
    "policy": ("Policy", "Politique"),
    "engine_geodata": ("Engine, geodata", "Moteur, géodonnées"),
    "policy_and_sentence": ("<b>{policy}</b>: {sentence}", "<b>{policy}</b> : {sentence}"),
    "compare_differing": ("Not the same in both: {what}.", "Différent entre les deux : {what}."),
    "nothing": ("nothing", "rien"),
    "compare_advisory": (
        "<b>A difference between policies, not between right and wrong.</b> Minutes are by our own reckoning of both; "
        "the co-ordination centre and the master decide.",
        "<b>Un écart entre politiques, pas entre le juste et le faux.</b> Les minutes sont de notre propre calcul pour "
        "les deux ; le CROSS/MRCC et le capitaine décident.",
    ),
    "compare_changed": (
        "of answers changed ({changed} of {rows})",
        "des réponses changent ({changed} sur {rows})",
    ),
    "compare_earlier_none": ("reach a landing earlier", "débarquent plus tôt"),
    "compare_later_none": ("reach a landing later", "débarquent plus tard"),
    "compare_earlier": (
        "reach a landing earlier: half gain up to {p50} min, 90 % up to {p90}, 99 % up to {p99}",
        "débarquent plus tôt : la moitié gagne jusqu'à {p50} min, 90 % jusqu'à {p90}, 99 % jusqu'à {p99}",
    ),
    "compare_later": (
        "reach a landing later: half lose up to {p50} min, 90 % up to {p90}, 99 % up to {p99}",
        "débarquent plus tard : la moitié perd jusqu'à {p50} min, 90 % jusqu'à {p90}, 99 % jusqu'à {p99}",
    ),
    "compare_outcome": (
        "have a port in one replay and none confirmed in the other",
        "ont un port dans un rejeu et aucun confirmé dans l'autre",
    ),
    "moves": ("From which port to which", "De quel port à quel port"),
    "moves_most": ("The {shown} most frequent of {count}.", "Les {shown} plus fréquents sur {count}."),
    "moves_file": (
        "Every changed answer is a line of <code>changed.csv</code>.",
        "Chaque réponse changée est une ligne de <code>changed.csv</code>.",
    ),
    "no_port": ("no port", "aucun port"),
    "by_port": ("By port of the first replay", "Par port du premier rejeu"),
    "by_region": ("By search and rescue region", "Par région de recherche et de sauvetage"),
    "by_hour": ("By hour of the day", "Par heure du jour"),
    "hour_span": ("{low} to {high} UTC", "{low} à {high} UTC"),
    "head_changed": ("Changed", "Changées"),
    "head_earlier": ("Earlier", "Plus tôt"),
    "head_later_count": ("Later", "Plus tard"),
    "head_half": ("half, min", "moitié, min"),
    "compare_note": (
        "Gains and losses count every encounter whose time to a landing differs, also at the same port. An encounter "
        "with no port in one of the replays has no minutes to compare. Advice worked out afterwards; not for "
        "navigation.",
        "Gains et pertes comptent chaque événement dont le temps jusqu'au débarquement change, même pour un même port. "
        "Un événement sans port dans l'un des rejeux n'a pas de minutes à comparer. Conseil calculé après coup "
        "; ne pas "
        "utiliser pour la navigation.",
    ),
}  # fmt: skip

MEANING_FR = {
    "ROW_MALFORMED": "la ligne n'a pas le même nombre de cellules que l'en-tête, ou l'objet n'est pas un objet GeoJSON",
    "TEXT_NOT_READABLE": "une cellule n'est pas dans l'encodage du fichier",
    "POSITION_MISSING": "longitude ou latitude vide",
    "POSITION_FORM": "longitude ou latitude n'est pas un nombre, ou la géométrie n'est pas un point",
    "POSITION_RANGE": "longitude au-delà de 180 degrés ou latitude au-delà de 90",
    "POSITION_ZERO": "0,0 est ce que donne un récepteur sans point",
    "TIME_MISSING": "pas d'heure",
    "TIME_SERIAL": "l'heure est un compte de jours comme en gardent les tableurs ; l'écrire, ou donner le .xlsx",
    "TIME_FORM": "l'heure n'est pas écrite comme le dit la table des colonnes, ou n'existe pas au calendrier",
    "TIME_NAIVE": "l'heure est sans fuseau, et la table des colonnes n'en nomme pas",
    "TIME_ZONE_UNKNOWN": "le fuseau n'est pas dans la base IANA",
    "TIME_WITHOUT_CLOCK": "une date sans heure, et la table des colonnes ne dit pas laquelle prendre",
    "TIME_AMBIGUOUS": "heure locale vue deux fois au recul des horloges, et la table ne dit pas laquelle",
    "TIME_NOT_SHOWN": "heure locale sautée à l'avance des horloges",
    "TIME_RANGE": "année avant 1970 ou après 2100",
    "PERSONS_FORM": "un nombre de personnes n'est pas entier",
    "PERSONS_RANGE": "un nombre de personnes est sous 0 ou au-dessus de 10 000",
    "PERSONS_INCOMPLETE": "un seul des nombres minimal et maximal de personnes est donné",
    "PERSONS_ORDER": "le nombre minimal de personnes dépasse le maximal",
    "PERSONS_RECOVERED_FORM": "le nombre de personnes récupérées n'est pas entier",
    "PERSONS_RECOVERED_RANGE": "le nombre de personnes récupérées est sous 0 ou au-dessus de 10 000",
    "PERSONS_RECOVERED_TOO_MANY": "plus de personnes récupérées que de personnes",
    "PERSONS_IN_WATER_VALUE": "persons_in_water n'est ni oui ni non",
    "SHELTERED_VALUE": "sheltered n'est ni oui ni non",
    "MEDICAL_VALUE": "medical n'a aucune de ses valeurs admises",
    "ABOARD_SINCE_FORM": "aboard_since n'est pas une heure, ou est sans fuseau",
    "ABOARD_SINCE_RANGE": "aboard_since est avant 1970 ou après 2100",
    "ABOARD_SINCE_AFTER_TIME": "personnes montées à bord après l'heure de l'événement",
    "POSITION_ACCURACY_FORM": "position_accuracy_m n'est pas un nombre",
    "POSITION_ACCURACY_RANGE": "position_accuracy_m est hors limites",
    "POSITION_AGE_FORM": "position_age_s n'est pas un nombre",
    "POSITION_AGE_RANGE": "position_age_s est hors limites",
    "VESSEL_PROFILE_UNKNOWN": "aucun profil de navire de ce nom",
    "VESSEL_FIGURE_FORM": "une caractéristique du navire n'est pas un nombre",
    "VESSEL_FIGURE_RANGE": "une caractéristique du navire est hors limites",
    "POLICY_UNKNOWN": "aucune politique de ce nom",
    "CLOCK_ASSUMED": "la ligne n'avait qu'une date ; l'heure est celle que donne la table des colonnes",
    "ZONE_ASSUMED": "l'heure était sans fuseau ; celui que donne la table des colonnes a été pris",
    "CLOCK_CHANGE_ASSUMED": "heure locale vue deux fois ; la table des colonnes dit laquelle a été prise",
    "VESSEL_ASSUMED": "la table des colonnes n'a pas de profil pour ce navire et prend celui qu'elle donne aux autres",
    "OBSERVED_PORT_NOT_IN_REGISTER": "le port de débarquement, ou celui qui était indiqué, est gardé tel qu'écrit",
    "OBSERVED_PORT_SEVERAL": "le nom courant d'un port peut en désigner plusieurs ; tous sont gardés, écrits a|b",
    "LANDED_AT_FORM": "landed_at n'est pas une heure, ou est sans fuseau, et n'est pas pris",
    "LANDED_AT_RANGE": "landed_at est avant 1970 ou après 2100, et n'est pas pris",
    "LANDED_BEFORE_TIME": "personnes débarquées avant l'heure de l'événement ; landed_at n'est pas pris",
    "OPERATION_RESCUES_FORM": "operation_rescues n'est pas un nombre entier, et n'est pas pris",
    "OPERATION_RESCUES_RANGE": "operation_rescues est sous 1 ou au-dessus de 1 000, et n'est pas pris",
    "TRANSFERRED_VALUE": "transferred n'est ni oui ni non, et n'est pas pris",
    "TIME_UNCERTAINTY_FORM": "time_uncertainty_min n'est pas un nombre, et n'est pas pris",
    "TIME_UNCERTAINTY_RANGE": "time_uncertainty_min est sous 0 ou au-delà d'une semaine, et n'est pas pris",
    "VESSEL_ALTERNATIVES_UNKNOWN": "vessel_alternatives nomme un profil qui n'existe pas, et n'est pas pris",
    "ID_REPEATED": "une ligne plus haut a le même encounter_id ; les deux ont été traitées",
    "ENCOUNTER_REPEATED": "une ligne plus haut a mêmes heure, lieu, personnes et navire ; les deux ont été traitées",
}
"""What each code of `api.replay.rejects` means, in French; the English is written there."""
