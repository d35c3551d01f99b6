"""What each reason code says to a person, in English and French, and the clause that carries it.

Texts are `str.format` templates. The fields a text may use are `FIELDS`; a text uses a measured value only where
its rule always has one, so a template never prints a NaN. Values arrive as strings already formatted for the
language, unit included. The level of a notice is its message marker, so texts carry none, except a QUESTION.

A citation that ends in ``(unverified)`` is background knowledge: nobody has yet read the clause at its source.

References
----------
IMO resolution A.918(22), Standard Marine Communication Phrases.
IMO resolution MSC.167(78), Guidelines on the treatment of persons rescued at sea, section 6.
"""

import re
from dataclasses import dataclass

from engine.codes import Code, Rule


@dataclass(frozen=True)
class Wording:
    """What one code says.

    Parameters
    ----------
    en, fr : str
        Templates, with the same fields in both languages.
    citation : str
        Clause that carries the rule; ``seamanship`` where no convention does.
    """

    en: str
    fr: str
    citation: str


@dataclass(frozen=True)
class Title:
    """Short name of a rule in both languages."""

    en: str
    fr: str


FIELDS = frozenset({"port", "measured", "limit", "count", "detail", "vhf"})
"""Fields a text may use: ``port`` is the name in that language in capitals, ``vhf`` the channel to ask on."""

SEAMANSHIP = "seamanship"
PLACE_OF_SAFETY = "MSC.167(78) 6.12"
NO_UNDUE_DELAY = "MSC.167(78) 6.3"
CIRCUMSTANCES = "MSC.167(78) 6.15 (unverified)"
DISEMBARKATION = "SOLAS V/33.1-1; SAR Convention 3.1.9"
IDENTIFY_PLACE = "SAR Convention 3.1.6.4, 4.8.5"
MASTER_DECIDES = "SOLAS V/34-1"
VOYAGE_PLANNING = "SOLAS V/34 (unverified)"
CROSSING_LANES = "COLREG 10(c) (unverified)"
SIGHT = "COLREG 6, 19 (unverified)"
LANDING_LIST = "FAL.3/Circ.194 (1)"
POSITION_REPORT = "IAMSAR Vol. III (unverified)"
ADVISORY = "SOLAS V/34-1; MSC.167(78) 6.4"
REGION_LINE = "SOLAS V/33.1-1; SAR Convention 3.1.9; MSC.167(78) 6.4-6.5"
RESCUE_ENDS = "SOLAS V/33.1; SAR Convention 1.3.2 (unverified)"

WORDING: dict[Code, Wording] = {
    # R-RTE-01
    Code.ROUTE_OK: Wording(
        "Water route to {port}: {measured}.",
        "{port} : route par mer de {measured}.",
        SEAMANSHIP,
    ),
    Code.ROUTE_NONE: Wording(
        "No water route found to {port}.",
        "{port} : aucune route par mer trouvée.",
        SEAMANSHIP,
    ),
    Code.STREAM_TOO_STRONG: Wording(
        "Stream on the way to {port} too strong to stem.",
        "{port} : courant trop fort sur la route pour être étalé.",
        SEAMANSHIP,
    ),
    Code.TIME_UNKNOWN: Wording(
        "Sea on the way to {port} higher than speeds are known for: time not known.",
        "{port} : mer plus forte que celle des vitesses connues, durée inconnue.",
        SEAMANSHIP,
    ),
    # R-PRT-02
    Code.KIND_OK: Wording(
        "{port} is a harbour where people can be landed.",
        "{port} : port où l'on peut débarquer des personnes.",
        PLACE_OF_SAFETY,
    ),
    Code.KIND_BEACH_HUMAN_ONLY: Wording(
        "{port} is a beach landing: not proposed, only a person may choose it.",
        "{port} : débarquement sur plage, non proposé ; choix réservé à une personne.",
        PLACE_OF_SAFETY,
    ),
    Code.KIND_NOT_FOR_LANDING: Wording(
        "{port} is not a place to land people.",
        "{port} : lieu non prévu pour débarquer des personnes.",
        PLACE_OF_SAFETY,
    ),
    # R-PRT-01
    Code.PORT_OPEN: Wording(
        "{port} reported open.",
        "{port} : port signalé ouvert.",
        PLACE_OF_SAFETY,
    ),
    Code.PORT_CLOSED: Wording(
        "{port} reported closed by its authority.",
        "{port} : port signalé fermé par son autorité.",
        PLACE_OF_SAFETY,
    ),
    Code.PORT_STATUS_UNKNOWN: Wording(
        "Harbour state at {port} not known: ask harbour on VHF {vhf}.",
        "{port} : état du port inconnu, demander au port en VHF {vhf}.",
        PLACE_OF_SAFETY,
    ),
    Code.PORT_STATUS_STALE: Wording(
        "Last report from {port} too old: ask harbour on VHF {vhf}.",
        "{port} : dernier état du port trop ancien, demander au port en VHF {vhf}.",
        PLACE_OF_SAFETY,
    ),
    Code.NO_STATUS_FEED: Wording(
        "No live harbour reports: register used. Call the harbour before entry.",
        "Aucun état des ports en direct : registre utilisé. Appeler le port avant d'entrer.",
        PLACE_OF_SAFETY,
    ),
    Code.PORT_RESTRICTED: Wording(
        "{port} reported restricted: ask harbour on VHF {vhf}.",
        "{port} : accès signalé restreint, demander au port en VHF {vhf}.",
        PLACE_OF_SAFETY,
    ),
    # R-BER-01
    Code.BERTH_OK: Wording(
        "Vessel size within the limit of {port}: {measured}, limit {limit}.",
        "{port} : taille du navire admise, {measured} pour {limit} au plus.",
        SEAMANSHIP,
    ),
    Code.LOA_EXCEEDED: Wording(
        "Vessel too long for {port}: {measured}, limit {limit}.",
        "{port} : navire trop long, {measured} pour {limit} au plus.",
        SEAMANSHIP,
    ),
    Code.BEAM_EXCEEDED: Wording(
        "Vessel too wide for {port}: {measured}, limit {limit}.",
        "{port} : navire trop large, {measured} pour {limit} au plus.",
        SEAMANSHIP,
    ),
    Code.BERTH_LIMIT_UNKNOWN: Wording(
        "Largest vessel {port} takes not known: ask harbour on VHF {vhf}.",
        "{port} : taille maximale des navires inconnue, demander au port en VHF {vhf}.",
        SEAMANSHIP,
    ),
    Code.VESSEL_SIZE_UNKNOWN: Wording(
        "Vessel length or beam not known: compare with the berth at {port}.",
        "{port} : longueur ou largeur du navire inconnue, comparer au poste à quai.",
        SEAMANSHIP,
    ),
    Code.BERTH_UNKNOWN_FOR_SIZE: Wording(
        "Berth for a vessel of {measured} at {port} not known: ask harbour on VHF {vhf}.",
        "{port} : poste pour un navire de {measured} inconnu, demander au port en VHF {vhf}.",
        SEAMANSHIP,
    ),
    Code.VESSEL_SIZE_DOUBTFUL: Wording(
        "Vessel length not known and perhaps too great for {port}: state it, or ask harbour on VHF {vhf}.",
        "{port} : longueur du navire inconnue, peut-être trop grande ; l'indiquer ou demander au port en VHF {vhf}.",
        SEAMANSHIP,
    ),
    Code.BERTH_SMALL: Wording(
        "Berths at {port} are for {limit}, vessel {measured}: ask harbour where to lie on VHF {vhf}.",
        "{port} : postes prévus pour {limit}, navire de {measured} ; demander où accoster en VHF {vhf}.",
        SEAMANSHIP,
    ),
    Code.BERTH_DRAUGHT_EXCEEDED: Wording(
        "Draught too great for the berth at {port}: {measured}, limit {limit}.",
        "{port} : tirant d'eau trop grand pour le poste, {measured} pour {limit} au plus.",
        SEAMANSHIP,
    ),
    # R-NAV-01
    Code.UKC_OK: Wording(
        "Enough water at {port}: depth {measured}, needed {limit} with margin.",
        "{port} : assez d'eau, {measured} de profondeur pour {limit} requis avec marge.",
        VOYAGE_PLANNING,
    ),
    Code.UKC_MARGINAL: Wording(
        "Little water to spare at {port}: depth {measured}, needed {limit} with margin.",
        "{port} : peu d'eau en réserve, {measured} de profondeur pour {limit} requis avec marge.",
        VOYAGE_PLANNING,
    ),
    Code.DRAFT_EXCEEDED: Wording(
        "Not enough water at {port}: depth {measured}, needed {limit} with margin.",
        "{port} : pas assez d'eau, {measured} de profondeur pour {limit} requis avec marge.",
        VOYAGE_PLANNING,
    ),
    Code.DEPTH_UNKNOWN: Wording(
        "Depth at {port} not known: check chart, ask harbour on VHF {vhf}.",
        "{port} : profondeur inconnue, vérifier la carte et demander au port en VHF {vhf}.",
        VOYAGE_PLANNING,
    ),
    Code.TIDE_UNKNOWN: Wording(
        "Tide at {port} not known: ask harbour on VHF {vhf}.",
        "{port} : marée inconnue, demander au port en VHF {vhf}.",
        VOYAGE_PLANNING,
    ),
    Code.DRAUGHT_UNKNOWN: Wording(
        "Vessel draught not known: check it against the depth at {port}.",
        "{port} : tirant d'eau du navire inconnu, le comparer à la profondeur.",
        VOYAGE_PLANNING,
    ),
    Code.TIDE_DOUBTFUL: Wording(
        "Depth at {port} doubtful: about {measured}, needed {limit}. Ask harbour on VHF {vhf}.",
        "{port} : profondeur incertaine, environ {measured} pour {limit} requis ; demander au port en VHF {vhf}.",
        VOYAGE_PLANNING,
    ),
    Code.DEPTH_BY_HOURS: Wording(
        "Depth at {port} not known, but within its hours of entry: ask harbour on VHF {vhf}.",
        "{port} : profondeur inconnue mais heures d'accès respectées, demander au port en VHF {vhf}.",
        VOYAGE_PLANNING,
    ),
    Code.DEPTH_HOUR_UNKNOWN: Wording(
        "Depth at {port} depends on the hour of arrival, which is not known: ask harbour on VHF {vhf}.",
        "{port} : profondeur selon l'heure d'arrivée, inconnue ; demander au port en VHF {vhf}.",
        VOYAGE_PLANNING,
    ),
    Code.DEPTH_GENERAL: Wording(
        "Depth at {port} from general knowledge, about {measured} for {limit} needed: check on VHF {vhf}.",
        "{port} : fond de connaissance générale, environ {measured} pour {limit} requis ; vérifier en VHF {vhf}.",
        VOYAGE_PLANNING,
    ),
    Code.DEPTH_INFERRED: Wording(
        "Depth at {port} inferred ({detail}), {limit} needed: check on VHF {vhf}.",
        "{port} : fond déduit ({detail}), {limit} requis ; vérifier en VHF {vhf}.",
        VOYAGE_PLANNING,
    ),
    Code.DEPTH_ESTIMATED: Wording(
        "Depth at {port} only guessed, {limit} needed: check chart, ask harbour on VHF {vhf}.",
        "{port} : fond seulement estimé, {limit} requis ; vérifier la carte, demander au port en VHF {vhf}.",
        VOYAGE_PLANNING,
    ),
    Code.DEPTH_DOUBTFUL: Wording(
        "Depth at {port} not exactly known, about {measured} for {limit} needed: ask harbour on VHF {vhf}.",
        "{port} : fond mal connu, environ {measured} pour {limit} requis ; demander au port en VHF {vhf}.",
        VOYAGE_PLANNING,
    ),
    Code.DEPTH_ALONGSIDE: Wording(
        "Already inside {port}, next to the landing.",
        "{port} : déjà à l'intérieur, près du lieu de débarquement.",
        VOYAGE_PLANNING,
    ),
    # R-NAV-02
    Code.GATE_NONE: Wording(
        "No gate or lock at {port}.",
        "{port} : ni porte ni écluse.",
        SEAMANSHIP,
    ),
    Code.GATE_OPEN: Wording(
        "Entrance to {port} expected open at arrival.",
        "{port} : accès prévu ouvert à l'arrivée.",
        SEAMANSHIP,
    ),
    Code.GATE_CLOSED: Wording(
        "Entrance to {port} closed at arrival: outside its hours about high water.",
        "{port} : accès fermé à l'arrivée, hors de ses heures autour de la pleine mer.",
        SEAMANSHIP,
    ),
    Code.GATE_WAIT: Wording(
        "Wait of {measured} at {port} for gate, lock or tide: confirm on VHF {vhf}.",
        "{port} : attente de {measured} (porte, écluse ou marée), confirmer en VHF {vhf}.",
        SEAMANSHIP,
    ),
    Code.GATE_TIDE_UNKNOWN: Wording(
        "Tide at {port} not known, so opening times not known: ask harbour on VHF {vhf}.",
        "{port} : marée inconnue, donc heures d'ouverture inconnues ; demander au port en VHF {vhf}.",
        SEAMANSHIP,
    ),
    Code.LOCK_SCHEDULE_UNKNOWN: Wording(
        "Lock times at {port} not known: ask harbour on VHF {vhf}.",
        "{port} : horaires de l'écluse inconnus, demander au port en VHF {vhf}.",
        SEAMANSHIP,
    ),
    Code.LOCK_QUEUE: Wording(
        "Lock at {port}: a queue is possible, ask harbour on VHF {vhf}.",
        "{port} : attente possible à l'écluse, demander au port en VHF {vhf}.",
        SEAMANSHIP,
    ),
    Code.GATE_UNKNOWN: Wording(
        "Gate or lock at {port} not known: ask harbour on VHF {vhf}.",
        "{port} : existence d'une porte ou d'une écluse inconnue, demander au port en VHF {vhf}.",
        SEAMANSHIP,
    ),
    Code.GATE_HOURS_DOUBTFUL: Wording(
        "{port} {detail}: ask harbour on VHF {vhf}.",
        "{port} : {detail}, demander au port en VHF {vhf}.",
        SEAMANSHIP,
    ),
    Code.GATE_HOUR_UNKNOWN: Wording(
        "Opening of {port} depends on the hour of arrival, which is not known: ask harbour on VHF {vhf}.",
        "{port} : ouverture selon l'heure d'arrivée, inconnue ; demander au port en VHF {vhf}.",
        SEAMANSHIP,
    ),
    Code.GATE_NONE_GENERAL: Wording(
        "No gate or lock at {port} as far as generally known: confirm on VHF {vhf}.",
        "{port} : ni porte ni écluse à notre connaissance, confirmer en VHF {vhf}.",
        SEAMANSHIP,
    ),
    Code.GATE_HOURS_GENERAL: Wording(
        "{port} expected open at arrival, by hours from general knowledge: confirm on VHF {vhf}.",
        "{port} : accès prévu ouvert, heures de connaissance générale ; confirmer en VHF {vhf}.",
        SEAMANSHIP,
    ),
    Code.GATE_WAIT_GENERAL: Wording(
        "Wait of {measured} at {port}, by hours from general knowledge: confirm on VHF {vhf}.",
        "{port} : attente de {measured}, heures de connaissance générale ; confirmer en VHF {vhf}.",
        SEAMANSHIP,
    ),
    Code.GATE_ALONGSIDE: Wording(
        "Already inside {port}: nothing left to wait for.",
        "{port} : déjà à l'intérieur, plus rien à attendre.",
        SEAMANSHIP,
    ),
    # R-NAV-03
    Code.ENTRANCE_SEA_OK: Wording(
        "No dangerous sea expected in the entrance of {port}.",
        "{port} : pas de mer dangereuse prévue dans l'entrée.",
        SEAMANSHIP,
    ),
    Code.ENTRANCE_SEA_CAUTION: Wording(
        "Rough sea expected in the entrance of {port}: ask harbour on VHF {vhf}.",
        "{port} : mer forte prévue dans l'entrée, demander au port en VHF {vhf}.",
        SEAMANSHIP,
    ),
    Code.ENTRANCE_SEA_DANGEROUS: Wording(
        "Dangerous sea expected in the entrance of {port}.",
        "{port} : mer dangereuse prévue dans l'entrée.",
        SEAMANSHIP,
    ),
    Code.ENTRANCE_SEA_UNKNOWN: Wording(
        "Sea in the entrance of {port} not known: ask harbour on VHF {vhf}.",
        "{port} : état de la mer dans l'entrée inconnu, demander au port en VHF {vhf}.",
        SEAMANSHIP,
    ),
    Code.ENTRANCE_WAVES_CAUTION: Wording(
        "Waves of {measured} expected onto the entrance of {port}, dangerous from {limit}.",
        "{port} : vagues de {measured} prévues dans l'entrée, dangereuses à partir de {limit}.",
        SEAMANSHIP,
    ),
    Code.ENTRANCE_WAVES_DANGEROUS: Wording(
        "Waves of {measured} expected onto the entrance of {port}: dangerous for this vessel from {limit}.",
        "{port} : vagues de {measured} prévues dans l'entrée, dangereuses pour ce navire à partir de {limit}.",
        SEAMANSHIP,
    ),
    Code.ENTRANCE_HOUR_UNKNOWN: Wording(
        "Hour of arrival at {port} not known, so the sea in its entrance is not known: ask harbour on VHF {vhf}.",
        "{port} : heure d'arrivée inconnue, donc état de la mer dans l'entrée inconnu ; demander au port en VHF {vhf}.",
        SEAMANSHIP,
    ),
    # R-NAV-04
    Code.CROSS_SET_CAUTION: Wording(
        "Stream sets across the entrance of {port}: allow for set.",
        "{port} : courant traversier dans l'entrée, tenir compte de la dérive.",
        SEAMANSHIP,
    ),
    Code.STREAM_UNKNOWN: Wording(
        "Stream across the entrance of {port} not known.",
        "{port} : courant traversier dans l'entrée inconnu.",
        SEAMANSHIP,
    ),
    Code.STREAM_WEAK: Wording(
        "Stream across the entrance of {port} expected weak.",
        "{port} : courant traversier prévu faible dans l'entrée.",
        SEAMANSHIP,
    ),
    Code.STREAM_HOUR_UNKNOWN: Wording(
        "Hour of arrival at {port} not known, so the stream across its entrance is not known.",
        "{port} : heure d'arrivée inconnue, donc courant traversier dans l'entrée inconnu.",
        SEAMANSHIP,
    ),
    # R-NAV-05
    Code.NIGHT_ENTRY_UNLIT: Wording(
        "Arrival at {port} in darkness and entrance not known to be lit.",
        "{port} : arrivée de nuit, entrée non connue comme éclairée.",
        SIGHT,
    ),
    Code.VIS_LOW: Wording(
        "Poor visibility expected at {port}: radar watch and low speed advised.",
        "{port} : mauvaise visibilité prévue, veille radar et vitesse réduite conseillées.",
        SIGHT,
    ),
    Code.VIS_UNKNOWN: Wording(
        "Visibility at {port} not known: ask harbour on VHF {vhf}.",
        "{port} : visibilité inconnue, demander au port en VHF {vhf}.",
        SIGHT,
    ),
    Code.VIS_OK: Wording(
        "Good visibility expected at {port}.",
        "{port} : bonne visibilité prévue.",
        SIGHT,
    ),
    Code.VIS_HOUR_UNKNOWN: Wording(
        "Hour of arrival at {port} not known, so visibility is not known: ask harbour on VHF {vhf}.",
        "{port} : heure d'arrivée inconnue, donc visibilité inconnue ; demander au port en VHF {vhf}.",
        SIGHT,
    ),
    # R-NAV-06
    Code.BANKS_CLEAR: Wording(
        "No bank too shallow known on the way to {port}; banks are approximate.",
        "{port} : aucun banc trop peu profond connu sur la route ; bancs approximatifs.",
        VOYAGE_PLANNING,
    ),
    Code.BANK_HAZARD: Wording(
        "Route to {port} crosses a bank with too little water.",
        "{port} : la route passe sur un banc sans assez d'eau.",
        VOYAGE_PLANNING,
    ),
    # R-RTE-02
    Code.SEA_OK: Wording(
        "Sea on the route to {port} forecast within the vessel's limit.",
        "{port} : mer prévue sur la route dans la limite du navire.",
        SEAMANSHIP,
    ),
    Code.SEA_NEAR_LIMIT: Wording(
        "Sea on the route to {port} forecast near the vessel's limit.",
        "{port} : mer prévue sur la route proche de la limite du navire.",
        SEAMANSHIP,
    ),
    Code.SEA_LIMIT_EXCEEDED: Wording(
        "Sea on the route to {port} forecast above the vessel's limit.",
        "{port} : mer prévue sur la route au-dessus de la limite du navire.",
        SEAMANSHIP,
    ),
    Code.WX_UNKNOWN: Wording(
        "Sea on the route to {port}, or the vessel's limit, not known: check conditions.",
        "{port} : mer sur la route, ou limite du navire, inconnue ; vérifier les conditions.",
        SEAMANSHIP,
    ),
    Code.SEA_LIMIT_HERE_ALREADY: Wording(
        "Sea above the vessel's limit here already, and no higher on the way to {port}.",
        "Mer déjà au-dessus de la limite du navire ici, pas plus forte sur la route vers {port}.",
        SEAMANSHIP,
    ),
    Code.SEA_OVER_ASSUMED_LIMIT: Wording(
        "Sea of {measured} on the way to {port}, above the {limit} assumed for the vessel.",
        "{port} : mer de {measured} sur la route, au-dessus des {limit} supposés pour le navire.",
        SEAMANSHIP,
    ),
    Code.SEA_FARTHER_ON_UNKNOWN: Wording(
        "Sea on the route to {port} {measured} as far as known, limit {limit}; farther on not known.",
        "{port} : mer de {measured} sur la partie connue de la route, limite {limit} ; plus loin, inconnue.",
        VOYAGE_PLANNING,
    ),
    # R-RTE-03
    Code.ENDURANCE_OK: Wording(
        "Fuel enough for {port}: {measured} to run, usable range {limit}.",
        "{port} : carburant suffisant, {measured} à parcourir, distance franchissable utile {limit}.",
        SEAMANSHIP,
    ),
    Code.ENDURANCE_SHORT: Wording(
        "Fuel too short for {port}: {measured} to run, usable range {limit}.",
        "{port} : carburant insuffisant, {measured} à parcourir, distance franchissable utile {limit}.",
        SEAMANSHIP,
    ),
    Code.FUEL_UNKNOWN: Wording(
        "Fuel on board not known: check range for {port}.",
        "{port} : carburant restant inconnu, vérifier la distance franchissable.",
        SEAMANSHIP,
    ),
    Code.RANGE_DOUBTFUL: Wording(
        "Range of the vessel not known and {port} far: {measured} to run. Check fuel.",
        "{port} : distance franchissable inconnue et port éloigné, {measured} à parcourir. Vérifier le carburant.",
        SEAMANSHIP,
    ),
    # R-RTE-04
    Code.TSS_NONE: Wording(
        "Route to {port} crosses no traffic lane.",
        "{port} : la route ne coupe aucune voie de circulation.",
        CROSSING_LANES,
    ),
    Code.TSS_CROSSES: Wording(
        "Traffic lanes crossed on the way to {port}: {count} ({detail}). Cross at right angles.",
        "{port} : voies de circulation coupées : {count} ({detail}). Couper à angle droit.",
        CROSSING_LANES,
    ),
    Code.TSS_ANGLE_BAD: Wording(
        "Poor crossing angle in traffic lanes to {port} ({detail}): adjust heading.",
        "{port} : mauvais angle dans les voies de circulation ({detail}), corriger le cap.",
        CROSSING_LANES,
    ),
    # R-RTE-05
    Code.ZONE_NONE: Wording(
        "No listed restricted area on the route to {port}.",
        "{port} : aucune zone réglementée répertoriée sur la route.",
        SEAMANSHIP,
    ),
    Code.ZONE_FIRING: Wording(
        "Firing range on the route to {port}: {detail}. Ask range control before entry.",
        "{port} : zone de tir sur la route : {detail}. Demander au contrôle du tir avant d'entrer.",
        SEAMANSHIP,
    ),
    Code.ZONE_RESTRICTED: Wording(
        "Restricted area on the route to {port}: {detail}. Keep out or ask permission.",
        "{port} : zone réglementée sur la route : {detail}. L'éviter ou demander l'autorisation.",
        SEAMANSHIP,
    ),
    # R-RTE-06
    Code.LOAD_OK: Wording(
        "Load within the vessel's limit: {measured}, limit {limit}.",
        "Charge dans la limite du navire : {measured}, limite {limit}.",
        SEAMANSHIP,
    ),
    Code.LOAD_OVER_SR: Wording(
        "Above the self-righting load: {measured}, limit {limit}. Share the load if possible.",
        "Charge au-delà de l'autoredressement : {measured}, limite {limit}. Répartir si possible.",
        SEAMANSHIP,
    ),
    Code.LOAD_OVER_MAX: Wording(
        "Too many persons for the vessel: {measured}, limit {limit}. Ask MRCC for another vessel.",
        "Trop de personnes pour le navire : {measured}, limite {limit}. Demander un autre navire au CROSS/MRCC.",
        SEAMANSHIP,
    ),
    Code.LOAD_LIMIT_UNKNOWN: Wording(
        "Number of persons the vessel can carry not known: master to judge.",
        "Nombre de personnes admissible à bord inconnu : à apprécier par le capitaine.",
        SEAMANSHIP,
    ),
    Code.LOAD_POB_UNKNOWN: Wording(
        "Number of persons not known: count and compare with what the vessel can carry.",
        "Nombre de personnes inconnu : compter et comparer à la capacité du navire.",
        SEAMANSHIP,
    ),
    # R-CAP-01
    Code.CAP_OK: Wording(
        "Enough places at {port}: {measured} free for {limit}.",
        "{port} : assez de places, {measured} pour {limit}.",
        PLACE_OF_SAFETY,
    ),
    Code.CAP_TIGHT: Wording(
        "Few places to spare at {port}: {measured} free for {limit}. Confirm with MRCC.",
        "{port} : places justes, {measured} pour {limit}. Confirmer avec le CROSS/MRCC.",
        PLACE_OF_SAFETY,
    ),
    Code.CAP_FULL: Wording(
        "Not enough places at {port}: {measured} free for {limit}. Ask MRCC for the overflow plan.",
        "{port} : pas assez de places, {measured} pour {limit}. Demander le plan de délestage au CROSS/MRCC.",
        PLACE_OF_SAFETY,
    ),
    Code.CAP_UNKNOWN: Wording(
        "Places at {port} not confirmed: ask MRCC on VHF 16.",
        "{port} : places non confirmées, demander au CROSS/MRCC en VHF 16.",
        PLACE_OF_SAFETY,
    ),
    Code.NO_CAPACITY_FEED: Wording(
        "No live report of places ashore: confirm with MRCC on VHF 16.",
        "Aucun état des places à terre en direct : confirmer avec le CROSS/MRCC en VHF 16.",
        PLACE_OF_SAFETY,
    ),
    # R-CAP-03
    Code.CAP_RATE_OK: Wording(
        "{port} can land the people without a long queue.",
        "{port} : débarquement possible sans longue attente.",
        NO_UNDUE_DELAY,
    ),
    Code.CAP_RATE_EXCEEDED: Wording(
        "Landing at {port} slower than the number to land: expect a queue.",
        "{port} : débarquement plus lent que les arrivées, prévoir une attente.",
        NO_UNDUE_DELAY,
    ),
    Code.CAP_RATE_UNKNOWN: Wording(
        "Landing rate at {port} not known: ask harbour on VHF {vhf}.",
        "{port} : cadence de débarquement inconnue, demander au port en VHF {vhf}.",
        NO_UNDUE_DELAY,
    ),
    # R-MED-02
    Code.MED_RECEPTION_OK: Wording(
        "Hospital near {port}{detail}: have MRCC alert it if needed.",
        "{port} : hôpital à proximité{detail}, le faire prévenir par le CROSS/MRCC si besoin.",
        PLACE_OF_SAFETY,
    ),
    Code.MED_RECEPTION_NONE: Wording(
        "No medical reception listed near {port}: ask MRCC for medical help.",
        "{port} : aucun accueil médical répertorié, demander une aide médicale au CROSS/MRCC.",
        PLACE_OF_SAFETY,
    ),
    Code.MED_RECEPTION_UNKNOWN: Wording(
        "Medical reception near {port} not known: ask MRCC on VHF 16.",
        "{port} : accueil médical inconnu, demander au CROSS/MRCC en VHF 16.",
        PLACE_OF_SAFETY,
    ),
    Code.MED_RECEPTION_AMBULANCE: Wording(
        "No hospital close to {port}{detail}: have MRCC call an ambulance if needed.",
        "{port} : pas d'hôpital tout près{detail} ; faire appeler une ambulance par le CROSS/MRCC si besoin.",
        PLACE_OF_SAFETY,
    ),
    # R-NEED-01
    Code.NEEDS_MET: Wording(
        "Shelter, food and warmth reported at {port}.",
        "{port} : abri, vivres et chaleur signalés disponibles.",
        PLACE_OF_SAFETY,
    ),
    Code.NEEDS_UNMET: Wording(
        "Shelter, food or warmth reported lacking at {port}.",
        "{port} : abri, vivres ou chaleur signalés manquants.",
        PLACE_OF_SAFETY,
    ),
    Code.NEEDS_UNKNOWN: Wording(
        "Shelter, food and warmth at {port} not known: ask MRCC on VHF 16.",
        "{port} : abri, vivres et chaleur inconnus, demander au CROSS/MRCC en VHF 16.",
        PLACE_OF_SAFETY,
    ),
    Code.NO_RECEPTION_FEED: Wording(
        "No live report of reception ashore: confirm with MRCC on VHF 16.",
        "Aucun état de l'accueil à terre en direct : confirmer avec le CROSS/MRCC en VHF 16.",
        PLACE_OF_SAFETY,
    ),
    # R-NEED-02
    Code.ONWARD_TRANSPORT_OK: Wording(
        "Onward transport from {port} can be arranged.",
        "{port} : transport à terre organisable.",
        PLACE_OF_SAFETY,
    ),
    Code.ONWARD_TRANSPORT_NONE: Wording(
        "No onward transport from {port} reported: ask MRCC.",
        "{port} : pas de transport à terre signalé, demander au CROSS/MRCC.",
        PLACE_OF_SAFETY,
    ),
    Code.ONWARD_TRANSPORT_UNKNOWN: Wording(
        "Onward transport from {port} not known: ask MRCC.",
        "{port} : transport à terre inconnu, demander au CROSS/MRCC.",
        PLACE_OF_SAFETY,
    ),
    # R-SEC-01
    Code.NO_DANGER_REPORTED: Wording(
        "No danger ashore reported at {port}.",
        "{port} : aucun danger à terre signalé.",
        PLACE_OF_SAFETY,
    ),
    Code.PERSONS_AT_RISK_ASHORE: Wording(
        "Danger to people ashore reported at {port}.",
        "{port} : danger à terre signalé pour les personnes.",
        PLACE_OF_SAFETY,
    ),
    # R-AUT-04
    Code.PORT_DESIGNATED: Wording(
        "{port} is on the operator's list of landing ports.",
        "{port} : sur la liste des ports de débarquement de l'opérateur.",
        LANDING_LIST,
    ),
    Code.PORT_NOT_DESIGNATED: Wording(
        "{port} is not on the operator's list of landing ports: confirm with MRCC.",
        "{port} : absent de la liste des ports de débarquement, confirmer avec le CROSS/MRCC.",
        LANDING_LIST,
    ),
    Code.NO_DESIGNATED_LIST: Wording(
        "No list of landing ports loaded to compare {port} with.",
        "{port} : aucune liste de ports de débarquement chargée pour comparer.",
        LANDING_LIST,
    ),
    # R-AUT-05
    Code.SRR_STATE_NOT_WEIGHED: Wording(
        "State of the search and rescue region not weighed for {port}.",
        "{port} : État de la région de recherche et de sauvetage non pris en compte.",
        DISEMBARKATION,
    ),
    Code.IN_SRR_STATE: Wording(
        "{port} is in the State of this search and rescue region.",
        "{port} : dans l'État de cette région de recherche et de sauvetage.",
        DISEMBARKATION,
    ),
    Code.OUTSIDE_SRR_STATE: Wording(
        "{port} is outside the State of this search and rescue region: inform both centres.",
        "{port} : hors de l'État de cette région de recherche et de sauvetage, informer les deux centres.",
        DISEMBARKATION,
    ),
    # R-EXP-01
    Code.EXPOSURE_OK: Wording(
        "Exposure on board until {port} within the limits set.",
        "{port} : exposition à bord dans les limites fixées.",
        CIRCUMSTANCES,
    ),
    Code.EXPOSURE_CAUTION: Wording(
        "Long time in the open on board until {port}: keep the people warm.",
        "{port} : longue durée sans abri à bord, réchauffer les personnes.",
        CIRCUMSTANCES,
    ),
    Code.EXPOSURE_CRITICAL: Wording(
        "Time in the open on board until {port} dangerous for the people: ask MRCC for help.",
        "{port} : durée sans abri à bord dangereuse pour les personnes, demander l'aide du CROSS/MRCC.",
        CIRCUMSTANCES,
    ),
    Code.EXPOSURE_UNKNOWN: Wording(
        "Time the people have been in the open not known: report it to MRCC.",
        "Durée déjà passée sans abri inconnue : la signaler au CROSS/MRCC.",
        CIRCUMSTANCES,
    ),
    # R-NTM-01
    Code.ENTRY_FREE: Wording(
        "No permission to enter {port} listed as needed: call harbour on VHF {vhf}.",
        "{port} : aucune autorisation d'entrée répertoriée, appeler le port en VHF {vhf}.",
        SEAMANSHIP,
    ),
    Code.PORT_ENTRY_PERMISSION_REQUIRED: Wording(
        "Permission to enter {port} needed: call port control on VHF {vhf}.",
        "{port} : autorisation d'entrée requise, appeler le port en VHF {vhf}.",
        SEAMANSHIP,
    ),
    # R-DAT-01
    Code.WX_FRESH: Wording(
        "Forecast used for {port} is recent.",
        "{port} : prévision utilisée récente.",
        SEAMANSHIP,
    ),
    Code.WX_STALE: Wording(
        "Age of the forecast for {port}: {measured}. Check conditions.",
        "{port} : âge de la prévision {measured}, vérifier les conditions.",
        SEAMANSHIP,
    ),
    Code.WX_MISSING: Wording(
        "No weather forecast loaded: check conditions.",
        "Aucune prévision météo chargée : vérifier les conditions.",
        SEAMANSHIP,
    ),
    Code.WX_EXTRAPOLATED: Wording(
        "Forecast for {port} taken from {measured} away: check conditions.",
        "{port} : prévision prise à {measured} de là, vérifier les conditions.",
        SEAMANSHIP,
    ),
    Code.WX_INCOMPLETE: Wording(
        "Forecast does not cover the whole way to {port}: check conditions.",
        "{port} : route non couverte en entier par la prévision, vérifier les conditions.",
        SEAMANSHIP,
    ),
    # R-DAT-02
    Code.TIDE_NOT_NEEDED: Wording(
        "Tide not needed for this vessel at {port}.",
        "{port} : accès sans tenir compte de la marée pour ce navire.",
        SEAMANSHIP,
    ),
    Code.TIDE_PREDICTED_ONLY: Wording(
        "Tide at {port} predicted, not observed.",
        "{port} : marée prédite, non observée.",
        SEAMANSHIP,
    ),
    Code.TIDE_MISSING: Wording(
        "No tide prediction: ask the harbour.",
        "Aucune prédiction de marée : demander au port.",
        SEAMANSHIP,
    ),
    Code.TIDE_HOUR_UNKNOWN: Wording(
        "Hour of arrival at {port} not known, so the tide then is not known.",
        "{port} : heure d'arrivée inconnue, donc marée inconnue à ce moment.",
        SEAMANSHIP,
    ),
    # R-DAT-05
    Code.REGISTER_CONFIDENT: Wording(
        "Register entry for {port} has a good source.",
        "{port} : fiche du registre de bonne source.",
        SEAMANSHIP,
    ),
    Code.REGISTER_UNVERIFIED: Wording(
        "Register entry for {port} not verified: check chart and pilot book.",
        "{port} : fiche du registre non vérifiée, consulter la carte et les ouvrages nautiques.",
        SEAMANSHIP,
    ),
    # Notices on the whole answer
    Code.ADVISORY_ONLY: Wording(
        "Advice only: the coordination centre and the master decide.",
        "Conseil seulement : le centre de coordination et le capitaine décident.",
        ADVISORY,
    ),
    Code.NOT_FOR_NAVIGATION: Wording(
        "Not for navigation: use charts, pilot books and a lookout.",
        "Ne pas utiliser pour la navigation : cartes, ouvrages nautiques et veille restent nécessaires.",
        MASTER_DECIDES,
    ),
    Code.POS_OK: Wording(
        "Position is in free water.",
        "Position en eau libre.",
        POSITION_REPORT,
    ),
    Code.POS_JOINED: Wording(
        "Position moved {measured} to free water to start the route.",
        "Position déplacée de {measured} vers l'eau libre pour le départ de la route.",
        POSITION_REPORT,
    ),
    Code.POS_NEAR_SHORE: Wording(
        "Position plots {measured} inside the charted shore, taken as afloat: check it.",
        "Position à {measured} à l'intérieur du trait de côte, supposée à flot : la vérifier.",
        POSITION_REPORT,
    ),
    Code.POS_IN_NARROWS: Wording(
        "Position in narrow water: first {measured} of the route approximate.",
        "Position en eaux resserrées : les premiers {measured} de la route sont approximatifs.",
        POSITION_REPORT,
    ),
    Code.POS_STALE: Wording(
        "Position {measured} old: get a new fix.",
        "Position datant de {measured} : reprendre un point.",
        POSITION_REPORT,
    ),
    Code.POS_DEAD_RECKONED: Wording(
        "Position estimated from a fix {measured} old: get a new fix.",
        "Position estimée d'après un point datant de {measured} : reprendre un point.",
        POSITION_REPORT,
    ),
    Code.POS_ON_BANK: Wording(
        "Position on a bank too shallow for the vessel: check depth and tide.",
        "Position sur un banc trop peu profond pour le navire : vérifier profondeur et marée.",
        POSITION_REPORT,
    ),
    Code.POS_UNCERTAIN_CHANGES_ANSWER: Wording(
        "Position not exact enough to choose: may also be {detail}. Get a better fix.",
        "Position trop imprécise pour choisir ; autres réponses possibles : {detail}. Affiner le point.",
        POSITION_REPORT,
    ),
    Code.POS_IN_ZONE: Wording(
        "Position inside a temporary exclusion zone: the route leaves it first.",
        "Position dans une zone d'exclusion temporaire : la route en sort d'abord.",
        SEAMANSHIP,
    ),
    Code.POS_IN_DRAWN_WATER: Wording(
        "Position in drawn water, {detail}: the line is drawn by hand, distance in it is approximate.",
        "Position en eau dessinée, {detail} : tracé fait à la main, la distance y est approximative.",
        POSITION_REPORT,
    ),
    Code.RESCUE_INCOMPLETE: Wording(
        "Rescue not complete: ports shown for information, MRCC decides.",
        "Sauvetage non terminé : ports donnés pour information, le CROSS/MRCC décide.",
        RESCUE_ENDS,
    ),
    Code.RESCUE_STATE_UNKNOWN: Wording(
        "QUESTION: all persons recovered? Report to MRCC on VHF 16.",
        "QUESTION : toutes les personnes récupérées ? Rendre compte au CROSS/MRCC en VHF 16.",
        RESCUE_ENDS,
    ),
    Code.POB_RANGE: Wording(
        "Persons reported: {measured}. The higher number is used.",
        "Personnes signalées : {measured}. Le nombre le plus élevé est retenu.",
        PLACE_OF_SAFETY,
    ),
    Code.POB_UNKNOWN: Wording(
        "Number of persons not known, assumed: {limit}. Report the number when counted.",
        "Nombre de personnes inconnu, supposé : {limit}. Signaler le nombre une fois compté.",
        PLACE_OF_SAFETY,
    ),
    Code.VESSEL_PROFILE_UNKNOWN: Wording(
        "Vessel not known: a cautious profile is used. Check speed and draught.",
        "Navire inconnu : un profil prudent est utilisé. Vérifier vitesse et tirant d'eau.",
        SEAMANSHIP,
    ),
    Code.SPEED_CAPPED: Wording(
        "Times use {measured}, the vessel's own speed is {limit}.",
        "Temps calculés à {measured}, vitesse propre du navire {limit}.",
        SEAMANSHIP,
    ),
    Code.VESSEL_FACTS_ASSUMED: Wording(
        "Vessel facts assumed: {detail}. Check them.",
        "Données du navire supposées : {detail}. Les vérifier.",
        SEAMANSHIP,
    ),
    Code.SRR_UK: Wording(
        "Position in the UK search and rescue region: inform HM Coastguard on VHF 16.",
        "Position dans la région SAR britannique : informer HM Coastguard en VHF 16.",
        DISEMBARKATION,
    ),
    Code.SRR_FR: Wording(
        "Position in the French search and rescue region: inform the CROSS on VHF 16.",
        "Position dans la région SAR française : informer le CROSS en VHF 16.",
        DISEMBARKATION,
    ),
    Code.SRR_BE: Wording(
        "Position in the Belgian search and rescue region: inform MRCC Oostende on VHF 16.",
        "Position dans la région SAR belge : informer le MRCC Ostende en VHF 16.",
        DISEMBARKATION,
    ),
    Code.SRR_NL: Wording(
        "Position in the Dutch search and rescue region: inform the Netherlands Coastguard on VHF 16.",
        "Position dans la région SAR néerlandaise : informer les garde-côtes néerlandais en VHF 16.",
        DISEMBARKATION,
    ),
    Code.SRR_IE: Wording(
        "Position in the Irish search and rescue region: inform the Irish Coast Guard on VHF 16.",
        "Position dans la région SAR irlandaise : informer les garde-côtes irlandais en VHF 16.",
        DISEMBARKATION,
    ),
    Code.SRR_BOUNDARY_BAND: Wording(
        "Search and rescue region line {measured} away: inform both centres.",
        "Limite de région SAR à {measured} : informer les deux centres.",
        REGION_LINE,
    ),
    Code.SRR_APPROXIMATE: Wording(
        "Search and rescue region limits are approximate: ask which centre coordinates.",
        "Limites des régions SAR approximatives : demander quel centre coordonne.",
        REGION_LINE,
    ),
    Code.SRR_BAND_BOTH_STATES: Wording(
        "Region line too near to weigh the state: ports of both sides count as inside, nothing is added.",
        "Limite de région trop proche pour peser l'État : les ports des deux côtés comptent comme dedans, sans ajout.",
        REGION_LINE,
    ),
    Code.MED_TIME_CRITICAL: Wording(
        "Time-critical casualty: ranked by least time to care. Ask MRCC for helicopter and medical advice.",
        "Urgence vitale : tri par temps jusqu'aux soins. Demander une évacuation et un avis médical au CROSS/MRCC.",
        CIRCUMSTANCES,
    ),
    Code.NEAR_TIE: Wording(
        "Near tie: {detail}. Confirm the choice with MRCC.",
        "Ports presque à égalité : {detail}. Confirmer le choix avec le CROSS/MRCC.",
        IDENTIFY_PLACE,
    ),
    Code.UNCONFIRMED_NEARER: Wording(
        "Nearer, not confirmed: {detail}. Ask before choosing.",
        "Plus proche, non confirmé : {detail}. Demander avant de choisir.",
        IDENTIFY_PLACE,
    ),
    Code.NO_PORT_CONFIRMED: Wording(
        "No port confirmed: call MRCC on VHF 16. Unconfirmed ports follow.",
        "Aucun port confirmé : appeler le CROSS/MRCC en VHF 16. Ports non confirmés ci-dessous.",
        IDENTIFY_PLACE,
    ),
    Code.NO_PORT_FIT: Wording(
        "No fit port found: call MRCC on VHF 16. Reasons follow for each port.",
        "Aucun port adapté trouvé : appeler le CROSS/MRCC en VHF 16. Motifs ci-dessous pour chaque port.",
        IDENTIFY_PLACE,
    ),
    Code.POLICY_EFFECT: Wording(
        "Effect of policy: {detail}",
        "Effet de la politique appliquée : {detail}",
        MASTER_DECIDES,
    ),
    Code.CALM_WATER_TIMES: Wording(
        "Times are for calm water, no wind, no stream: allow more time.",
        "Temps calculés en mer calme, sans vent ni courant : prévoir davantage.",
        SEAMANSHIP,
    ),
    Code.SURGE_NOT_INCLUDED: Wording(
        "Tide heights without surge from wind and pressure: allow more depth.",
        "Hauteurs de marée sans surcote ni décote (vent, pression) : prévoir plus de marge.",
        SEAMANSHIP,
    ),
    Code.ZONES_AVOIDED: Wording(
        "Routes keep out of temporary zones: {detail}.",
        "Les routes évitent les zones temporaires : {detail}.",
        SEAMANSHIP,
    ),
    Code.RANKED_BY_POLICY: Wording(
        "Ranked lower by the policy in force.",
        "Classé plus loin par la politique appliquée.",
        IDENTIFY_PLACE,
    ),
    Code.UNLISTED_PORT_NEARER: Wording(
        "Outside the register and perhaps nearer: {detail}. Ask MRCC.",
        "Hors registre et peut-être plus proche : {detail}. Demander au CROSS/MRCC.",
        IDENTIFY_PLACE,
    ),
    Code.STREAM_NOT_INCLUDED: Wording(
        "Stream not known for the whole way: times leave it out there.",
        "Courant inconnu sur une partie de la route : les temps n'en tiennent pas compte là.",
        SEAMANSHIP,
    ),
    Code.WAVES_NOT_INCLUDED: Wording(
        "Waves not forecast for the whole way: times are for calm water there.",
        "Vagues non prévues sur toute la route : temps calculés là en mer calme.",
        SEAMANSHIP,
    ),
    Code.FASTER_ROUTE: Wording(
        "Route leaves the shortest path for sea or stream: saves {measured}.",
        "La route s'écarte du plus court chemin, mer ou courant : gain de {measured}.",
        SEAMANSHIP,
    ),
    Code.ROUTE_ROUND_SEA: Wording(
        "Route leaves the shortest path to keep out of sea or stream the vessel cannot take.",
        "La route s'écarte du plus court chemin pour éviter une mer ou un courant hors limites.",
        SEAMANSHIP,
    ),
    Code.FORECAST_AGE: Wording(
        "Forecast used: model run {measured} before this encounter.",
        "Prévision utilisée : calcul du modèle {measured} avant cet événement.",
        SEAMANSHIP,
    ),
    Code.FORECAST_STALE: Wording(
        "Forecast old: model run {measured} before this encounter. Check conditions.",
        "Prévision ancienne : calcul du modèle {measured} avant cet événement. Vérifier les conditions.",
        SEAMANSHIP,
    ),
    Code.SENSITIVE_TO: Wording(
        "A different {detail}, within its doubt, makes another port the answer.",
        "Une autre valeur ({detail}), dans sa marge d'erreur, change le port proposé.",
        SEAMANSHIP,
    ),
    Code.WAVES_SWELL_ONLY: Wording(
        "Forecast waves are swell only: the whole sea is higher.",
        "Les vagues prévues sont la houle seule : la mer totale est plus forte.",
        SEAMANSHIP,
    ),
    Code.FORECAST_NOT_HERE: Wording(
        "Forecast does not cover this place and time: not used.",
        "La prévision ne couvre ni ce lieu ni cette heure : non utilisée.",
        SEAMANSHIP,
    ),
    Code.FORECAST_RUN_LATER: Wording(
        "Forecast used: model run made after this encounter.",
        "Prévision utilisée : calcul du modèle postérieur à cet événement.",
        SEAMANSHIP,
    ),
    Code.FORECAST_AGE_UNKNOWN: Wording(
        "Age of the forecast used not known: check conditions.",
        "Âge de la prévision utilisée inconnu : vérifier les conditions.",
        SEAMANSHIP,
    ),
    Code.VESSEL_FACTS_UNKNOWN: Wording(
        "Not known of the vessel: {detail}. Ports are judged with care for it: state what you know.",
        "Inconnu du navire : {detail}. Ports jugés avec prudence en conséquence : indiquer ce qui est connu.",
        SEAMANSHIP,
    ),
    Code.REGISTER_OVERLAID: Wording(
        "Facts from the operator's own file used for: {detail}.",
        "Données du fichier propre à l'opérateur utilisées pour : {detail}.",
        SEAMANSHIP,
    ),
    Code.FORECAST_ONE_STEP: Wording(
        "Forecast has one time step only: {detail}. It says nothing of the sea after that.",
        "La prévision n'a qu'une seule échéance : {detail}. Elle ne dit rien de la mer ensuite.",
        SEAMANSHIP,
    ),
    Code.STREAM_FROM_ATLAS: Wording(
        "Tidal stream from the atlas, good to {limit} of its rate; the time range allows for it. Wind changes it.",
        "Courant de marée de l'atlas, à {limit} près ; la fourchette de temps en tient compte. Le vent le modifie.",
        SEAMANSHIP,
    ),
    Code.STREAM_FORECAST_FIRST: Wording(
        "Stream as forecast; from the tidal atlas, good to {limit} of its rate, where the forecast says none.",
        "Courant de la prévision ; sinon de l'atlas des courants de marée, à {limit} près, là où elle n'en donne pas.",
        SEAMANSHIP,
    ),
    # Refusals of a request
    Code.POS_INVALID: Wording(
        "Position not readable: give latitude and longitude, WGS 84.",
        "Position illisible : donner latitude et longitude, WGS 84.",
        POSITION_REPORT,
    ),
    Code.POS_ON_LAND: Wording(
        "Position on land, {measured} from water (tolerance {limit}): check it.",
        "Position à terre, à {measured} de l'eau (tolérance {limit}) : la vérifier.",
        POSITION_REPORT,
    ),
    Code.POS_OUT_OF_AREA: Wording(
        "Position outside the area covered ({detail}): check it, or call MRCC on VHF 16.",
        "Position hors de la zone couverte ({detail}) : la vérifier, ou appeler le CROSS/MRCC en VHF 16.",
        POSITION_REPORT,
    ),
    Code.POS_ENCLOSED: Wording(
        "Position in water with no way out to sea: check it.",
        "Position dans un plan d'eau sans issue vers la mer : la vérifier.",
        POSITION_REPORT,
    ),
}
"""Text and citation of every code."""

RULE_TITLE: dict[Rule, Title] = {
    Rule.R_RTE_01: Title("Water route", "Route par mer"),
    Rule.R_PRT_02: Title("Kind of place", "Type de lieu"),
    Rule.R_PRT_01: Title("Harbour state", "État du port"),
    Rule.R_BER_01: Title("Berth size", "Taille du poste"),
    Rule.R_NAV_01: Title("Depth at entrance", "Profondeur à l'entrée"),
    Rule.R_NAV_02: Title("Gate or lock", "Porte ou écluse"),
    Rule.R_NAV_03: Title("Sea in entrance", "Mer dans l'entrée"),
    Rule.R_NAV_04: Title("Stream across entrance", "Courant traversier à l'entrée"),
    Rule.R_NAV_05: Title("Darkness and visibility", "Nuit et visibilité"),
    Rule.R_NAV_06: Title("Banks on route", "Bancs sur la route"),
    Rule.R_RTE_02: Title("Sea on route", "Mer sur la route"),
    Rule.R_RTE_03: Title("Fuel range", "Distance franchissable"),
    Rule.R_RTE_04: Title("Traffic lanes", "Voies de circulation"),
    Rule.R_RTE_05: Title("Restricted areas", "Zones réglementées"),
    Rule.R_RTE_06: Title("Persons on board", "Personnes à bord"),
    Rule.R_CAP_01: Title("Places ashore", "Places à terre"),
    Rule.R_CAP_03: Title("Landing rate", "Cadence de débarquement"),
    Rule.R_MED_02: Title("Medical reception", "Accueil médical"),
    Rule.R_NEED_01: Title("Shelter, food, warmth", "Abri, vivres, chaleur"),
    Rule.R_NEED_02: Title("Onward transport", "Transport à terre"),
    Rule.R_SEC_01: Title("Danger ashore", "Danger à terre"),
    Rule.R_AUT_04: Title("Listed landing port", "Port de débarquement désigné"),
    Rule.R_AUT_05: Title("State of SAR region", "État de la région SAR"),
    Rule.R_EXP_01: Title("Exposure on board", "Exposition à bord"),
    Rule.R_NTM_01: Title("Permission to enter", "Autorisation d'entrée"),
    Rule.R_DAT_01: Title("Weather data", "Données météo"),
    Rule.R_DAT_02: Title("Tide data", "Données de marée"),
    Rule.R_DAT_05: Title("Register confidence", "Fiabilité du registre"),
}
"""Short name of every rule."""

LEVEL: dict[Code, str] = {
    # A source never connected is a finding on each port and is said once as a notice on the whole answer.
    Code.NO_STATUS_FEED: "caution",
    Code.NO_CAPACITY_FEED: "caution",
    Code.NO_RECEPTION_FEED: "caution",
    Code.WX_MISSING: "caution",
    Code.TIDE_MISSING: "caution",
    Code.ADVISORY_ONLY: "information",
    Code.NOT_FOR_NAVIGATION: "information",
    Code.POS_OK: "information",
    Code.POS_JOINED: "information",
    Code.POS_NEAR_SHORE: "caution",
    Code.POS_IN_NARROWS: "caution",
    Code.POS_IN_DRAWN_WATER: "caution",
    Code.POS_STALE: "caution",
    Code.POS_DEAD_RECKONED: "caution",
    Code.POS_ON_BANK: "warning",
    Code.POS_UNCERTAIN_CHANGES_ANSWER: "caution",
    Code.POS_IN_ZONE: "warning",
    Code.RESCUE_INCOMPLETE: "warning",
    Code.RESCUE_STATE_UNKNOWN: "caution",
    Code.POB_RANGE: "information",
    Code.POB_UNKNOWN: "caution",
    Code.VESSEL_PROFILE_UNKNOWN: "caution",
    Code.SPEED_CAPPED: "information",
    Code.VESSEL_FACTS_ASSUMED: "caution",
    Code.VESSEL_FACTS_UNKNOWN: "caution",
    Code.REGISTER_OVERLAID: "information",
    Code.SRR_UK: "information",
    Code.SRR_FR: "information",
    Code.SRR_BE: "information",
    Code.SRR_NL: "information",
    Code.SRR_IE: "information",
    Code.SRR_BOUNDARY_BAND: "caution",
    Code.SRR_APPROXIMATE: "caution",
    Code.SRR_BAND_BOTH_STATES: "information",
    Code.MED_TIME_CRITICAL: "warning",
    Code.NEAR_TIE: "caution",
    Code.UNCONFIRMED_NEARER: "caution",
    Code.NO_PORT_CONFIRMED: "warning",
    Code.NO_PORT_FIT: "warning",
    Code.POLICY_EFFECT: "information",
    Code.CALM_WATER_TIMES: "caution",
    Code.SURGE_NOT_INCLUDED: "information",
    Code.ZONES_AVOIDED: "information",
    Code.RANKED_BY_POLICY: "information",
    Code.UNLISTED_PORT_NEARER: "warning",
    Code.STREAM_NOT_INCLUDED: "caution",
    Code.WAVES_NOT_INCLUDED: "caution",
    Code.FASTER_ROUTE: "information",
    Code.ROUTE_ROUND_SEA: "caution",
    Code.FORECAST_AGE: "information",
    Code.FORECAST_STALE: "caution",
    Code.FORECAST_AGE_UNKNOWN: "caution",
    Code.SENSITIVE_TO: "caution",
    Code.WAVES_SWELL_ONLY: "caution",
    Code.FORECAST_NOT_HERE: "caution",
    Code.FORECAST_RUN_LATER: "information",
    Code.FORECAST_ONE_STEP: "caution",
    Code.STREAM_FROM_ATLAS: "information",
    Code.STREAM_FORECAST_FIRST: "information",
}
"""How loud each notice is: ``information``, ``caution`` or ``warning``."""


def _patterns(*sources: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(source, re.IGNORECASE) for source in sources)


BANNED_EN = _patterns(
    r"\b(?:un)?safe(?:ly|r|st)?\b",
    r"\bguarant\w*",
    r"\b(?:must|shall)\b",
    r"\border(?:s|ed|ing)?\b",
    r"\binstruct\w*",
    r"\bcertain(?:ly|ty)?\b",
    r"\bcleared\b",
    r"\b(?:migrant|refugee|asylum|national|nationality|illegal|clandestine|irregular)\w*",
)
"""Words no English text may use: they promise, command, or speak of who the people are. ``safety`` is allowed."""

BANNED_FR = _patterns(
    r"(?<!lieu )(?<!lieux )\bsûre?s?\b",
    r"\bsûrement\b",
    r"\bgaranti\w*",
    r"\bd(?:oit|oivent|ois|evez|evons|evra|evront|evrait)\b",
    r"\bord(?:re|res|onn\w*)\b",
    r"\binstruct\w*",
    r"\bcertain(?:e|s|es|ement)?\b",
    r"\b(?:migrant|réfugié|asile|nationalité|illégal|clandestin|irréguli)\w*",
)
"""The same in French; ``lieu sûr``, the term for a place of safety, is allowed."""
