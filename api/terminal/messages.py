"""Sentences of the terminal itself, in English and French; those of decisions come with the decision."""

from math import isfinite
from typing import Any

Text = dict[str, str]

SENTENCES: dict[str, tuple[str, str]] = {
    "no_source": (
        "No source of position has said anything yet.",
        "Aucune source de position n'a encore rien transmis.",
    ),
    "no_fix": ("The receiver has no fix.", "Le récepteur n'a pas de position."),
    "receiver_without_fix": (
        "The receiver has lost its fix; the position is {age} old.",
        "Le récepteur a perdu le signal ; la position date de {age}.",
    ),
    "silent": (
        "No position has come for {age}; the last one is shown.",
        "Aucune position reçue depuis {age} ; la dernière est affichée.",
    ),
    "dead_reckoning": (
        "Dead reckoning: the last fix is {age} old; good to about {accuracy_nm} nm.",
        "Estime : la dernière position date de {age} ; à environ {accuracy_nm} M près.",
    ),
    "drifting": (
        "The last fix is {age} old and her course and speed are not known: she may be {accuracy_nm} nm from it.",
        "La dernière position date de {age}, cap et vitesse inconnus : écart possible de {accuracy_nm} M.",
    ),
    "stale": (
        "The last fix is {age} old: too old to go by. Give a position.",
        "La dernière position date de {age} : trop ancienne. Saisir une position.",
    ),
    "stale_unknown": (
        "The last fix is from before the last start; how old it is is not known. Give a position.",
        "La dernière position date d'avant le dernier démarrage ; son âge est inconnu. Saisir une position.",
    ),
    "jump": (
        "The receiver shows a place {off_nm} nm away that this vessel cannot have reached; the last fix is shown.",
        "Le récepteur indique un point à {off_nm} M, impossible pour ce navire ; la dernière position est affichée.",
    ),
    "jumped": (
        "The position jumped by {off_nm} nm and has stayed there since. Check it.",
        "La position a sauté de {off_nm} M et s'y maintient. La vérifier.",
    ),
    "on_land": (
        "The position lies on land by our chart. Check it.",
        "La position est à terre d'après notre carte. La vérifier.",
    ),
    "outside": (
        "The position lies outside the area covered.",
        "La position est hors de la zone couverte.",
    ),
    "other_day": (
        "The receiver's time is of another day: this may be a recording.",
        "L'heure du récepteur est d'un autre jour : enregistrement possible.",
    ),
    "starting": ("The chart is being opened.", "La carte est en cours d'ouverture."),
    "pack_unusable": (
        "Chart and ports cannot be opened: the geodata pack is damaged or missing. Nothing can be decided.",
        "Carte et ports illisibles : le jeu de données est endommagé ou absent. Aucune décision possible.",
    ),
    "no_plotter": (
        "No plotter was named at the start: nothing was sent. Start with --plotter, or take a file.",
        "Aucun traceur n'a été indiqué au démarrage : rien n'a été envoyé. Utiliser --plotter, ou un fichier.",
    ),
    "plotter_lost": (
        "The plotter cannot be reached: not all was sent. Check the wire and press again.",
        "Le traceur est injoignable : tout n'a pas été envoyé. Vérifier la liaison et recommencer.",
    ),
    "not_steered": (
        "Nothing is sent to steer by while the fix is in doubt.",
        "Rien n'est envoyé au pilote tant que la position est douteuse.",
    ),
    "no_decision": (
        "This decision is not kept here. Press NEAREST again.",
        "Cette décision n'est pas conservée ici. Appuyer de nouveau sur NEAREST.",
    ),
    "key_shared": (
        "The control room knows another message under this number: two terminals use one key, or this one was set "
        "back. Nothing more is sent. Give each terminal a key of its own.",
        "Le centre connaît un autre message sous ce numéro : deux terminaux partagent une clé, ou celui-ci a été "
        "restauré. Plus rien n'est envoyé. Donner à chaque terminal sa propre clé.",
    ),
    "signature_wrong": (
        "The control room finds the signature wrong: a message was changed on its way, or the key is damaged.",
        "Le centre juge la signature fausse : un message a été modifié en route, ou la clé est endommagée.",
    ),
    "access_refused": (
        "The control room does not let this vessel in: check her key. Everything waits.",
        "Le centre refuse l'accès à ce navire : vérifier sa clé. Tout reste en attente.",
    ),
    "message_refused": (
        "The control room does not take the next message. Everything waits; somebody has to look.",
        "Le centre n'accepte pas le prochain message. Tout reste en attente ; une vérification est nécessaire.",
    ),
    "clock_off": (
        "This terminal's clock and the control room's differ by {offset}.",
        "L'horloge de ce terminal et celle du centre diffèrent de {offset}.",
    ),
    "no_direction": ("There is no such direction to acknowledge.", "Aucune directive de ce nom à accuser."),
    "disk_full": (
        "The disk is full: nothing more can be kept. Answers are still given. Free some space.",
        "Le disque est plein : plus rien ne peut être conservé. Les réponses restent données. Libérer de l'espace.",
    ),
    "not_kept": (
        "It cannot be kept: the disk or its file fails. Answers are still given. Check the disk.",
        "Conservation impossible : le disque ou son fichier est en défaut. Les réponses restent données. Le vérifier.",
    ),
    "clock_before": (
        "This computer's clock is behind: it shows a time that has passed. No receiver gives the time.",
        "L'horloge de cet ordinateur retarde : elle indique une heure passée. Aucun récepteur ne donne l'heure.",
    ),
    "clock_epoch": (
        "The receiver's date is impossible; this computer's clock is used.",
        "La date du récepteur est impossible ; l'horloge de cet ordinateur est utilisée.",
    ),
    "clock_corrected": (
        "This computer's clock is out by {offset}; the receiver's time is used.",
        "L'horloge de cet ordinateur est décalée de {offset} ; l'heure du récepteur est utilisée.",
    ),
    "clock_doubt": (
        "This computer and the receiver differ by {offset}: which one is right is not known. Check the date.",
        "Cet ordinateur et le récepteur diffèrent de {offset} : on ne sait lequel est juste. Vérifier la date.",
    ),
}
"""By key. Figures stand in braces."""


def sentence(key: str, **figures: Any) -> Text | None:
    """A sentence in both languages; None for no key."""
    if not key:
        return None
    english, french = SENTENCES[key]
    return {
        "en": english.format(**figures),
        "fr": french.format(**{name: _french(value) for name, value in figures.items()}),
    }


def span(seconds: float) -> str:
    """A length of time as people say it: 45 s, 3 min, 2 h 05 min, 3 d."""
    if not isfinite(seconds):
        return "?"
    whole = round(abs(seconds))
    if whole < 100:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 100:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{round(minutes / 1440)} d"


def _french(figure: Any) -> Any:
    """Figures as French writes them."""
    return figure.replace(".", ",").replace(" d", " j") if isinstance(figure, str) else figure
