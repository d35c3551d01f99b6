"""The plan's own sentences, in both languages. It proposes; no word of it promises or commands."""

from typing import NamedTuple

from api.documents.bilingual import Bilingual
from api.text.singular import with_singulars


class Sentence(NamedTuple):
    """One text in both languages."""

    en: str
    fr: str

    def of(self, language: str) -> str:
        """The text in ``en`` or ``fr``."""
        return self.fr if language == "fr" else self.en

    def fill(self, **fields: object) -> "Sentence":
        """With its fields filled in; a `Sentence` among them in its own language."""
        english = {name: value.en if isinstance(value, Sentence) else value for name, value in fields.items()}
        french = {name: value.fr if isinstance(value, Sentence) else value for name, value in fields.items()}
        return Sentence(with_singulars(self.en.format(**english)), with_singulars(self.fr.format(**french)))

    def both(self) -> Bilingual:
        """As it stands in a document."""
        return {"en": self.en, "fr": self.fr}


HEADLINE = {
    "complete": Sentence(
        "PROPOSAL: {persons} persons of {encounters} encounters to {ports} ports, last person ashore in {minutes} min."
        " Accept each encounter by itself. The coordination centre and the masters decide.",
        "PROPOSITION : {persons} personnes de {encounters} événements vers {ports} ports, dernière personne à terre"
        " dans {minutes} min. Accepter chaque événement séparément. Le CROSS/MRCC et les capitaines décident.",
    ),
    "incomplete": Sentence(
        "WARNING: no place found for {without} of {all} persons. PROPOSAL for the other {persons}: {ports} ports, last"
        " person ashore in {minutes} min. The coordination centre and the masters decide.",
        "ALERTE : aucune place trouvée pour {without} personnes sur {all}. PROPOSITION pour les {persons} autres :"
        " {ports} ports, dernière personne à terre dans {minutes} min. Le CROSS/MRCC et les capitaines décident.",
    ),
    "none": Sentence(
        "WARNING: no place found for any of {all} persons. Call the coordination centre.",
        "ALERTE : aucune place trouvée pour aucune des {all} personnes. Appeler le CROSS/MRCC.",
    ),
}

REASON = {
    "NO_FIT_PORT": Sentence(
        "No port is fit for this vessel now: see its own decision.",
        "Aucun port n'est adapté à ce navire en ce moment : voir sa propre décision.",
    ),
    "ONLY_UNCONFIRMED": Sentence(
        "No port is confirmed for this vessel; nearest to ask about: {port}. allow_unconfirmed lets the plan use them.",
        "Aucun port n'est confirmé pour ce navire ; le plus proche à interroger : {port}. allow_unconfirmed permet"
        " au plan de les utiliser.",
    ),
    "PLACES_UNKNOWN": Sentence(
        "Places or landing rate not known at any port fit for this vessel; nearest to ask: {port}.",
        "Places ou cadence de débarquement inconnues dans tous les ports adaptés à ce navire ; le plus proche à"
        " interroger : {port}.",
    ),
    "NO_PLACES": Sentence(
        "Too few places for {without} of its {persons} persons.",
        "Trop peu de places pour {without} de ses {persons} personnes.",
    ),
}
"""Why people of an encounter have no place in the plan."""

MISSING = Sentence(
    "{count} more places would do for everybody: {ports}.",
    "{count} places de plus suffiraient pour tous : {ports}.",
)

MISSING_AT_PORT = Sentence("{port} {count} (then for {encounters})", "{port} {count} (alors pour {encounters})")

MISSING_NOT_PROVEN = {
    True: Sentence(
        " The search ended before it knew the fewest: not fewer than {bound}.",
        " La recherche s'est arrêtée avant de connaître le minimum : pas moins de {bound}.",
    ),
    False: Sentence(
        " The search ended before it knew the fewest; no bound is known: fewer may do.",
        " La recherche s'est arrêtée avant de connaître le minimum ; aucune borne n'est connue : moins peut suffire.",
    ),
}
"""By whether a bound is known."""

FEWEST_NOT_PROVEN = Sentence(
    " That no more people can have a place is not proven.",
    " Que personne de plus ne puisse avoir de place n'est pas prouvé.",
)

ASK_THERE = Sentence(" Places there would help: {ports}.", " Des places y aideraient : {ports}.")

WAITS = Sentence(
    "{boat} waits {minutes} min at {port} for {others}.",
    "{boat} attend {minutes} min à {port} après {others}.",
)

MAKES_WAY = Sentence(
    "{boat} goes to {port}, {cost} min later than alone at {own}: places and berth there serve {others}.",
    "{boat} va à {port}, {cost} min plus tard que seul à {own} : places et quai y servent à {others}.",
)

SENT_ON = Sentence(
    "{boat} goes to {port}, {cost} min later than alone at {own}: too few places there for {persons} persons.",
    "{boat} va à {port}, {cost} min plus tard que seul à {own} : trop peu de places là-bas pour {persons} personnes.",
)

URGENCY = {
    "none": Sentence("", ""),
    "urgent": Sentence("urgent", "urgent"),
    "critical": Sentence("critical", "critique"),
}

OVER_LIMIT = {
    "load": Sentence(
        "{boat}: {persons} persons, {too_many} more than the {limit} her vessel can carry; planned all the same.",
        "{boat} : {persons} personnes, {too_many} de plus que les {limit} que son navire peut porter ; planifié quand"
        " même.",
    ),
    "share": Sentence(" Others could take of them: {which}.", " D'autres pourraient en prendre : {which}."),
    "share_item": Sentence("{boat} {persons} ({distance} nm off)", "{boat} {persons} (à {distance} M)"),
    "share_more": Sentence(
        " For {persons} persons ask for another vessel.", " Pour {persons} personnes demander un autre navire."
    ),
}
"""Of an encounter with more people than its vessel can carry."""

NOTICE = {
    "PROPOSAL_ONLY": (
        "information",
        Sentence(
            "A proposal: no place is held and nobody is told anything until a person accepts it.",
            "Une proposition : aucune place n'est retenue et rien n'est annoncé tant que personne ne l'a acceptée.",
        ),
    ),
    "PORT_UNCONFIRMED_USED": (
        "warning",
        Sentence("Not confirmed, ask before choosing: {which}.", "Non confirmé, demander avant de choisir : {which}."),
    ),
    "PLACES_ASSUMED_UNLIMITED": (
        "caution",
        Sentence(
            "Places not stated, taken as no limit: {which}. Ask.",
            "Places non indiquées, supposées sans limite : {which}. Demander.",
        ),
    ),
    "LANDING_RATE_ASSUMED": (
        "caution",
        Sentence(
            "Landing rate not stated, {rate} persons an hour taken: {which}.",
            "Cadence de débarquement non indiquée, {rate} personnes par heure supposées : {which}.",
        ),
    ),
    "NEARER_WITHOUT_FIGURES": (
        "caution",
        Sentence(
            "Fit and nearer, left out because places or landing rate are not known: {which}. Ask.",
            "Adapté et plus proche, écarté car places ou cadence inconnues : {which}. Demander.",
        ),
    ),
    "PERSONS_ASSUMED": (
        "caution",
        Sentence(
            "Number of persons not known, the policy's figure taken: {which}.",
            "Nombre de personnes inconnu, chiffre de la politique retenu : {which}.",
        ),
    ),
    "VESSEL_OVER_LIMIT": ("warning", Sentence("{which}", "{which}")),
    "URGENT_WEIGH_MORE": (
        "information",
        Sentence(
            "Urgent people weigh more, by the policy: {which}.",
            "Les personnes en urgence pèsent davantage, d'après la politique : {which}.",
        ),
    ),
    "URGENT_LATER_THAN_IN_TURN": (
        "warning",
        Sentence(
            "Urgent and later than in turn: {which}. The plan made in turn leaves {without} persons without a place.",
            "En urgence et plus tard qu'à la file : {which}. Le plan à la file laisse {without} personnes sans place.",
        ),
    ),
    "LOAD_SHARED": (
        "caution",
        Sentence(
            "Shared between ports: {which}. Other vessels have to take a part; each is taken to go straight there at"
            " the speed of the vessel stated.",
            "Réparti entre plusieurs ports : {which}. D'autres navires ont à prendre une part ; chacune est supposée"
            " aller droit au port à la vitesse du navire indiqué.",
        ),
    ),
    "NOT_PROVEN_BEST": (
        "caution",
        Sentence(
            "Not proven to be the best: another plan may be better by up to {worst} min at worst and {total} % in all.",
            "Optimalité non prouvée : un autre plan peut gagner jusqu'à {worst} min au pire et {total} % au total.",
        ),
    ),
    "TIME_LIMIT": (
        "caution",
        Sentence(
            "The limit of {limit} s of processor time ended the search: the same input may give another plan"
            " next time.",
            "Recherche arrêtée par la limite de {limit} s de temps de calcul : la même entrée peut donner un autre plan"
            " la prochaine fois.",
        ),
    ),
    "WEIGHED_BY_POLICY": (
        "information",
        Sentence(
            "Times to safety include what the policy adds for: {which}.",
            "Les temps jusqu'à la sécurité comprennent ce que la politique ajoute pour : {which}.",
        ),
    ),
    "EACH_HAS_ITS_DECISION": (
        "information",
        Sentence(
            "Cautions of each port for each vessel are in the decision of its encounter.",
            "Les réserves de chaque port pour chaque navire sont dans la décision de son événement.",
        ),
    ),
}
"""Level and text of what to know about a plan."""

METHOD = Sentence(
    "Ports land people one after another at their stated rate, first come first landed, those already waiting there"
    " first. Time to safety of an encounter runs from the time of the plan to its last person ashore, with what its"
    " policy adds. No urgent encounter is later than in the plan made in turn, where that has a place for everybody."
    " Among such plans this one has the least greatest time to safety; then the least total of person-minutes, each"
    " person counted until stepping ashore, urgent ones by the weight of their policy. Only ports fit for the vessel by"
    " its own decision are used. A port may land urgent people first; the plan does not count on it.",
    "Les ports débarquent les personnes l'une après l'autre à la cadence indiquée, premier arrivé premier débarqué,"
    " après celles qui y attendent déjà. Le temps jusqu'à la sécurité d'un événement va de l'heure du plan à sa"
    " dernière personne à terre, avec ce que sa politique ajoute. Aucun événement en urgence n'est plus tardif que dans"
    " le plan à la file, là où celui-ci a une place pour tous. Parmi ces plans, celui-ci a le plus petit des plus longs"
    " temps ; à égalité, le plus petit total de personnes-minutes, chaque personne comptée jusqu'à terre, celles en"
    " urgence selon le poids de leur politique. Seuls les ports adaptés au navire d'après sa propre décision sont"
    " utilisés. Un port peut débarquer d'abord les urgences ; le plan n'y compte pas.",
)

LABEL = {
    "encounter": Sentence("encounter", "événement"),
    "persons": Sentence("pers.", "pers."),
    "port": Sentence("port", "port"),
    "arrives": Sentence("arrives", "arrive"),
    "ashore": Sentence("ashore", "à terre"),
    "safety": Sentence("min", "min"),
    "in_turn": Sentence("in turn", "à la file"),
    "no_place": Sentence("no place", "sans place"),
    "title": Sentence("PLAN from {at}", "PLAN à partir du {at}"),
    "legend": Sentence(
        "min: from now until the last person is at safety. In turn: the same if each went to its nearest free port one"
        " after another, the urgent first. * suitable, + with caution, ? not confirmed.",
        "min : d'ici à la sécurité de la dernière personne. À la file : de même si chacun allait l'un après l'autre au"
        " port libre le plus proche, les urgences d'abord. * adapté, + sous réserve, ? non confirmé.",
    ),
    "order": Sentence("WHO WAITS FOR WHOM", "QUI ATTEND QUI"),
    "page_title": Sentence("Joint plan from {at}", "Plan commun à partir du {at}"),
    "by_boat": Sentence("BY BOAT", "PAR BATEAU"),
    "key_way": Sentence("under way", "en route"),
    "key_wait": Sentence("waiting at the port", "attente au port"),
    "key_land": Sentence("landing", "débarquement"),
    "key_land_urgent": Sentence("landing, urgent", "débarquement, urgence"),
    "bar": Sentence(
        "{boat}: {persons} persons, arrives {arrives}, landing {begin} to {end}",
        "{boat} : {persons} personnes, arrive {arrives}, débarquement de {begin} à {end}",
    ),
    "clocks": Sentence("BY TIME (UTC)", "PAR HEURE (UTC)"),
    "event_arrives": Sentence("arrives at {port} with {persons} persons", "arrive à {port} avec {persons} personnes"),
    "event_ashore": Sentence("ashore at {port}: {persons} persons", "à terre à {port} : {persons} personnes"),
    "ports": Sentence("BY PORT (UTC)", "PAR PORT (UTC)"),
    "port_line": Sentence(
        "{port}: {persons} persons, {places}, {rate} landed an hour",
        "{port} : {persons} personnes, {places}, {rate} débarquées par heure",
    ),
    "port_row": Sentence("arrives {arrives}", "arrive {arrives}"),
    "places_of": Sentence("{places} places", "{places} places"),
    "places_free": Sentence("places not limited", "places non limitées"),
    "compared": Sentence("BESIDE IT", "EN COMPARAISON"),
    "this_plan": Sentence(
        "This plan: {placed} of {all} persons, the last at safety after {worst} min, {total} person-hours in all.",
        "Ce plan : {placed} personnes sur {all}, la dernière en sécurité après {worst} min, {total} personnes-heures au"
        " total.",
    ),
    "turn_plan": Sentence(
        "Each to its nearest free port in turn: {placed} of {all} persons, {worst} min, {total} person-hours.",
        "Chacun à la file au port libre le plus proche : {placed} personnes sur {all}, {worst} min, {total}"
        " personnes-heures.",
    ),
    "same_people": Sentence(
        "For the {persons} persons with a place in both: {worst} min beside {turn}, {total} person-hours beside"
        " {turn_total}.",
        "Pour les {persons} personnes qui ont une place dans les deux : {worst} min contre {turn}, {total}"
        " personnes-heures contre {turn_total}.",
    ),
    "proven": Sentence("Proven: no plan is better.", "Prouvé : aucun plan n'est meilleur."),
    "gap": Sentence(
        "No plan is better by more than {worst} min at worst, nor, with this worst, by more than {total} % in all.",
        "Aucun plan ne gagne plus de {worst} min au pire ni, à ce pire égal, plus de {total} % au total.",
    ),
    "missing": Sentence("MISSING", "MANQUE"),
    "know": Sentence("KNOW THIS", "À SAVOIR"),
    "warning": Sentence("WARNING", "ALERTE"),
    "caution": Sentence("CAUTION", "PRUDENCE"),
    "information": Sentence("NOTE", "NOTE"),
    "last": Sentence(
        "Data {data}, engine {engine}, plan {plan}. Advice only: the coordination centre and the masters decide."
        " Not for navigation.",
        "Données {data}, moteur {engine}, plan {plan}. Conseil seulement : le CROSS/MRCC et les capitaines décident. Ne"
        " pas utiliser pour la navigation.",
    ),
}
