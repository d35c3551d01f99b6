"""The few words of the command line's own, in both languages; what rules and notices say is in `api.text.messages`."""

from api.text.singular import with_singulars

WORDS: dict[str, tuple[str, str]] = {
    "status_suitable": ("SUITABLE", "ADAPTÉ"),
    "status_caution": ("WITH CAUTION", "SOUS RÉSERVE"),
    "status_unconfirmed": ("NOT CONFIRMED", "NON CONFIRMÉ"),
    "status_excluded": ("NOT FIT", "NON ADAPTÉ"),
    "for": ("For", "Pour"),
    "persons": ("persons", "personnes"),
    "persons_unknown": ("persons not known", "nombre de personnes inconnu"),
    "medical_urgent": ("medical: urgent", "médical : urgent"),
    "medical_critical": ("medical: critical", "médical : critique"),
    "range": ("{low} to {high}", "{low} à {high}"),
    "bearing": ("bearing {degrees} T", "relèvement {degrees}° vrai"),
    "bearing_short": ("{degrees} T", "{degrees}°"),
    "course": ("first course {degrees} T", "route initiale {degrees}° vrai"),
    "eta": ("ETA {clock}", "HPA {clock}"),
    "on_day": (" on {day}", " le {day}"),
    "vhf_unknown": ("VHF channel not known: call on 16", "canal VHF inconnu : appeler sur 16"),
    "channels": ("VHF {channels}", "VHF {channels}"),
    "permission": (
        "Permission to enter needed: call on VHF before entry.",
        "Autorisation d'entrée requise : appeler en VHF avant d'entrer.",
    ),
    "landing": ("Landing: {text}.", "Débarquement : {text}."),
    "hazard": ("Take care: {text}.", "Attention : {text}."),
    "telephone": ("Harbour office {number}.", "Capitainerie {number}."),
    "by_person": (
        "Beaches and places only a person may choose: {ports}.",
        "Plages et lieux que seule une personne peut choisir : {ports}.",
    ),
    "way_round": (
        "Way round of {miles}; the shortest path: {usual}.",
        "Détour de {miles} ; par le plus court chemin : {usual}.",
    ),
    "no_way_for_vessel": ("not for this vessel in this sea", "hors de portée du navire par cette mer"),
    "opens": ("Opens for this draught about {clock}.", "Ouvre pour ce tirant d'eau vers {clock}."),
    "call": ("CALL", "APPELER"),
    "why": ("WHY NOT NEARER", "POURQUOI PAS PLUS PRÈS"),
    "why_none": ("WHY NONE (nearest first)", "POURQUOI AUCUN (du plus proche au plus loin)"),
    "also_against": ("Also against it: {titles}.", "Aussi en défaveur : {titles}."),
    "also_ask": ("Ask also about: {titles}.", "Demander aussi : {titles}."),
    "more": ("Also nearer: {ports}.", "Plus proches aussi : {ports}."),
    "rest": (
        "{count} more ports judged, not confirmed or not fit: --json shows each with its reasons.",
        "{count} autres ports examinés, non confirmés ou non adaptés : --json donne chacun avec ses motifs.",
    ),
    "next": ("NEXT", "ENSUITE"),
    "about": (
        "~ first look only: sea and stream not followed closely.",
        "~ première estimation : mer et courant non suivis de près.",
    ),
    "know": ("KNOW THIS", "À SAVOIR"),
    "warning": ("WARNING", "ALERTE"),
    "caution": ("CAUTION", "PRUDENCE"),
    "information": ("NOTE", "NOTE"),
    "short_advice": ("ADVICE:", "CONSEIL :"),
    "short_information": (
        "WARNING: rescue not complete. INFORMATION:",
        "ALERTE : sauvetage non terminé. INFORMATION :",
    ),
    "short_ask": ("ASK FIRST {port}, VHF {vhf}: {why}", "DEMANDER D'ABORD {port}, VHF {vhf} : {why}"),
    "short_doubts": ("{status}: {doubts}", "{status} : {doubts}"),
    "short_question": ("all persons recovered?", "toutes les personnes récupérées ?"),
    "short_unconfirmed": ("WARNING: no port confirmed. Best:", "ALERTE : aucun port confirmé. Meilleur :"),
    "short_none": ("WARNING: no port fit.", "ALERTE : aucun port adapté."),
    "short_legs": ("course {legs}", "route {legs}"),
    "short_water": ("depth {depth}, tide {tide}", "fond {depth}, marée {tide}"),
    "short_nearer": ("Nearer: {ports}", "Plus près : {ports}"),
    "short_nearest": ("No port is nearer.", "Aucun port n'est plus près."),
    "short_advisory": ("Advice only. Not for navigation.", "Conseil seulement. Pas pour la navigation."),
    "data": (
        "Data {pack}, policy {policy}, engine {engine}, decision {decision}.",
        "Données {pack}, politique {policy}, moteur {engine}, décision {decision}.",
    ),
    "distance": (
        "{miles} nm by water, {straight} nm in a straight line.",
        "{miles} M par mer, {straight} M en ligne droite.",
    ),
    "between_landings": (
        "{miles} nm by water, from landing to landing.",
        "{miles} M par mer, d'un débarquement à l'autre.",
    ),
    "between_entrances": (
        "Entrance to entrance: {miles} nm by water, {straight} nm in a straight line.",
        "D'une entrée à l'autre : {miles} M par mer, {straight} M en ligne droite.",
    ),
    "not_for_navigation": (
        "Not for navigation: the shortest path over charted water, no recommended track.",
        "Ne pas utiliser pour la navigation : plus court chemin par mer, pas une route recommandée.",
    ),
    "no_way": (
        "No water route found; {straight} nm in a straight line.",
        "Aucune route par mer trouvée ; {straight} M en ligne droite.",
    ),
    "by_way_of": ("Route:", "Route :"),
    "vessel_name": ("name", "nom"),
    "vessels": (
        "Speed, draught, length, persons at most, highest sea with survivors aboard. ? is not known, * assumed.",
        "Vitesse, tirant d'eau, longueur, personnes au plus, mer maximale avec rescapés. ? : inconnu, * : supposé.",
    ),
    "port_id": ("id", "id"),
    "port_name": ("name", "nom"),
    "port_kind": ("kind", "type"),
    "port_depth": ("depth", "fond"),
    "port_gate": ("gate", "porte"),
    "port_miles": ("nm*", "M*"),
    "kind_commercial_harbour": ("harbour", "port"),
    "kind_ferry_port": ("ferry", "ferry"),
    "kind_marina": ("marina", "marina"),
    "kind_drying_harbour": ("drying", "échouage"),
    "kind_locked_basin": ("locked", "bassin"),
    "kind_beach_landing": ("beach", "plage"),
    "kind_oil_terminal": ("oil", "pétrole"),
    "kind_inland": ("inland", "fluvial"),
    "gate_none": ("none", "aucune"),
    "gate_tidal_window": ("tidal", "marée"),
    "gate_lock": ("lock", "écluse"),
    "gate_lock_24h": ("lock 24h", "écl. 24h"),
    "register_none": ("No port of the register is like that.", "Aucun port du registre ne correspond."),
    "register": (
        "{count} ports. ? is not known. Depth in m below chart datum. 'safeport ports ID' shows a whole row.",
        "{count} ports. ? : inconnu. Fond en m sous le zéro des cartes. 'safeport ports ID' donne la fiche entière.",
    ),
    "tide_title": (
        "TIDE AT {port}, {hours} h from {day} {clock}",
        "MARÉE À {port}, {hours} h à partir du {day} {clock}",
    ),
    "tide_now": ("Then {height} above chart datum.", "Alors {height} au-dessus du zéro des cartes."),
    "tide_high": ("high water", "pleine mer"),
    "tide_low": ("low water", "basse mer"),
    "tide_none": ("No high or low water in this time.", "Ni pleine mer ni basse mer dans cet intervalle."),
    "tide_station": (
        "From the constants of {station}. Uncertainty {metres}, {minutes} (about 9 in 10), surge apart.",
        "D'après les constantes de {station}. Incertitude {metres}, {minutes} (environ 9 fois sur 10), hors surcote.",
    ),
    "tide_secondary": (
        "Secondary port, from {station}: shifted and scaled. Uncertainty {metres}, {minutes} (about 9 in 10),"
        " surge apart.",
        "Port rattaché à {station} : décalé et mis à l'échelle. Incertitude {metres}, {minutes}"
        " (environ 9 fois sur 10), hors surcote.",
    ),
    "stream_title": ("STREAM AT {position}: the way the water goes", "COURANT EN {position} : direction où va l'eau"),
    "stream_atlas": ("atlas", "atlas"),
    "stream_forecast": ("forecast", "prévision"),
    "stream_area_high": (
        "Atlas area {area}, by high water of {port}; rates good to {share}. {source}, edition {edition}.",
        "Zone {area} de l'atlas, d'après la pleine mer de {port} ; taux à {share} près. {source}, édition {edition}.",
    ),
    "stream_area_low": (
        "Atlas area {area}, by low water of {port}; rates good to {share}. {source}, edition {edition}.",
        "Zone {area} de l'atlas, d'après la basse mer de {port} ; taux à {share} près. {source}, édition {edition}.",
    ),
    "straight": ("* straight line, not by water.", "* en ligne droite, pas par mer."),
}  # fmt: skip


def word(key: str, language: str, **fields: object) -> str:
    """A word or sentence in ``en`` or ``fr``, its fields filled in."""
    en, fr = WORDS[key]
    return with_singulars((fr if language == "fr" else en).format(**fields))
