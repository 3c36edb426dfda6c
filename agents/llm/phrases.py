"""What the offline llm understands by its words, and what it says itself, in five languages.

Only data: patterns of a wish for a person, a greeting, thanks, the question who is there; and the
few sentences that no knowledge holds.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrases:
    """One language."""

    person: re.Pattern[str]
    greeting: re.Pattern[str]
    thanks: re.Pattern[str]
    who: re.Pattern[str]
    hello: str
    note: str
    """What it is, said honestly."""
    welcome: str
    passing: str
    unknown: str
    alone: str
    """What it is, where it can't pass anything to a person."""
    nobody: str
    """Then, to who asks for a person, and to who asks what it does not know."""
    unsure: str
    moment: str
    """What a colleague may send meanwhile, where it has nothing better, and where nothing is asked."""
    more: str


def _person(*, ask: str, wish: str, who: str) -> re.Pattern[str]:
    """`speak to a human`, `a human please`, `I want a person`; not `I want a tent for one person`."""
    few = r"\W+(?:\w+\W+){0,3}"
    return re.compile(
        rf"\b(?:{ask})\b{few}(?:{who})\b|\b(?:{who})\b{few}(?:{ask})\b"
        rf"|\b(?:{wish})\W+(?:{who})\b"
        rf"|^\W*(?:an?\W+|einen?\W+|une?\W+|una\W+)?(?:{who})\W*(?:please|bitte)?\W*$",
        re.IGNORECASE,
    )


def _start(words: str) -> re.Pattern[str]:
    return re.compile(rf"^\W*(?:{words})\b\W*", re.IGNORECASE)


def _whole(words: str) -> re.Pattern[str]:
    """The words, and little else."""
    return re.compile(rf"^\W*(?:{words})\b[^?]{{0,30}}$", re.IGNORECASE)


def _anywhere(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


ENGLISH = Phrases(
    person=_person(
        ask="talk|speak|chat|connect me|transfer me|put me through|pass me|call me",
        wish=r"(?:want|need|get me|give me|can i have|may i have)(?:\W+(?:an?|the|some|real|live))*",
        who=r"(?:real |live )?(?:human|person|operator|agent)|human being|representative|colleague"
        r"|someone|somebody|staff|your team|support team",
    ),
    greeting=_start(r"/start|hi+|hello|hey|good (?:morning|afternoon|evening|day)"),
    thanks=_whole(r"thanks?(?: you)?|thx|great|perfect|ok(?:ay)?|bye|goodbye|see you"),
    who=_anywhere(r"(?:who|what) are you|are you (?:an? )?(?:bot|robot|human|real|ai|machine)"),
    hello="Hello!",
    note="I'm an assistant without a language model: I answer word for word from what is written "
    "down for me, and pass everything else to a person.",
    welcome="You're welcome! Just write again if there is anything else.",
    passing="Of course, I'm passing you to a colleague. Somebody will answer you right here.",
    unknown="I don't know that for certain, so I'm passing you to a colleague. Somebody will answer "
    "you right here.",
    alone="I'm an assistant without a language model: I answer word for word from what is written "
    "down for me.",
    nobody="I'm sorry, I can't pass you to a person here.",
    unsure="I'm sorry, I don't know that for certain.",
    moment="Let me look into this for you. I will answer you right here.",
    more="Is there anything else that I can help you with?",
)
GERMAN = Phrases(
    person=_person(
        ask="sprechen|reden|schreiben|verbinden|verbinde mich",
        wish=r"(?:möchte|will|brauche|hätte gern)(?:\W+(?:einen?|eine|mit|echten?))*",
        who=r"mensch(?:en)?|mitarbeiter(?:in)?|person|kundendienst|jemand(?:em|en)?|kolleg(?:en|in|e)",
    ),
    greeting=_start(r"hallo|guten (?:tag|morgen|abend)|moin|servus|grüß gott"),
    thanks=_whole(r"danke(?: schön)?|vielen dank|super|prima|tschüss|auf wiedersehen"),
    who=_anywhere(r"wer bist du|wer sind sie|(?:bist du|sind sie) (?:ein )?(?:bot|mensch|roboter)"),
    hello="Guten Tag!",
    note="Ich bin ein Assistent ohne Sprachmodell: Ich antworte wörtlich aus dem, was für mich "
    "aufgeschrieben ist, und gebe alles andere an einen Menschen weiter.",
    welcome="Gern geschehen! Schreiben Sie einfach wieder, wenn noch etwas ist.",
    passing="Natürlich, ich gebe Sie an eine Kollegin oder einen Kollegen weiter. Jemand antwortet "
    "Ihnen gleich hier.",
    unknown="Das weiß ich nicht sicher, deshalb gebe ich Sie an eine Kollegin oder einen Kollegen "
    "weiter. Jemand antwortet Ihnen gleich hier.",
    alone="Ich bin ein Assistent ohne Sprachmodell: Ich antworte wörtlich aus dem, was für mich "
    "aufgeschrieben ist.",
    nobody="Es tut mir leid, hier kann ich Sie an niemanden weitergeben.",
    unsure="Es tut mir leid, das weiß ich nicht sicher.",
    moment="Ich sehe mir das für Sie an und antworte Ihnen gleich hier.",
    more="Kann ich sonst noch etwas für Sie tun?",
)
SPANISH = Phrases(
    person=_person(
        ask="hablar|habla|contactar|p[aá]s[ae]me|comunicarme|comunícame",
        wish=r"(?:quiero|necesito|quisiera)(?:\W+(?:una?|con|el|la))*",
        who=r"humano|persona|operadora?|agente|alguien|asesora?",
    ),
    greeting=_start(r"hola|buen[oa]s(?: días| tardes| noches)?"),
    thanks=_whole(r"(?:muchas )?gracias|perfecto|genial|adiós|hasta luego"),
    who=_anywhere(r"quién eres|quién es usted|eres (?:un )?(?:bot|robot|humano)"),
    hello="¡Hola!",
    note="Soy un asistente sin modelo de lenguaje: respondo palabra por palabra con lo que está "
    "escrito para mí y paso todo lo demás a una persona.",
    welcome="¡De nada! Escriba de nuevo si necesita algo más.",
    passing="Por supuesto, le paso con una persona de nuestro equipo. Le responderá aquí mismo.",
    unknown="No lo sé con certeza, así que le paso con una persona de nuestro equipo. Le responderá "
    "aquí mismo.",
    alone="Soy un asistente sin modelo de lenguaje: respondo palabra por palabra con lo que está "
    "escrito para mí.",
    nobody="Lo siento, aquí no puedo pasarle con una persona.",
    unsure="Lo siento, no lo sé con certeza.",
    moment="Permítame comprobarlo. Le responderé aquí mismo.",
    more="¿Puedo ayudarle en algo más?",
)
FRENCH = Phrases(
    person=_person(
        ask="parler|discuter|contacter|passez[- ]moi",
        wish=r"(?:veux|voudrais|besoin)(?:\W+(?:une?|d|de|à|le|la))*",
        who=r"humaine?|conseill(?:er|ère)|personne|opérat(?:eur|rice)|quelqu['’]un|agent",
    ),
    greeting=_start(r"bonjour|bonsoir|salut|coucou"),
    thanks=_whole(r"merci(?: beaucoup)?|parfait|super|au revoir"),
    who=_anywhere(
        r"qui (?:es[- ]tu|êtes[- ]vous)|(?:es[- ]tu|êtes[- ]vous) un (?:bot|robot|humain)"
    ),
    hello="Bonjour !",
    note="Je suis un assistant sans modèle de langage : je réponds mot pour mot avec ce qui est écrit "
    "pour moi, et je transmets tout le reste à une personne.",
    welcome="Avec plaisir ! Écrivez-nous s'il y a autre chose.",
    passing="Bien sûr, je vous passe une personne de notre équipe. Elle vous répondra ici.",
    unknown="Je n'en suis pas certain, je vous passe donc une personne de notre équipe. Elle vous "
    "répondra ici.",
    alone="Je suis un assistant sans modèle de langage : je réponds mot pour mot avec ce qui est écrit "
    "pour moi.",
    nobody="Je suis désolé, je ne peux pas vous passer une personne ici.",
    unsure="Je suis désolé, je n'en suis pas certain.",
    moment="Je vérifie cela pour vous et je vous réponds ici même.",
    more="Puis-je vous aider pour autre chose ?",
)
RUSSIAN = Phrases(
    person=_person(
        ask="поговорить|связаться|соедините|переключите|переведите|позовите|пообщаться",
        wish=r"(?:хочу|нужен|нужна|дайте|можно)(?:\W+(?:с|мне|живого|живой))*",
        who=r"человек\w*|оператор\w*|сотрудник\w*|менеджер\w*|кем-нибудь|специалист\w*",
    ),
    greeting=_start(r"привет|здравствуйте|добрый (?:день|вечер)|доброе утро"),
    thanks=_whole(r"(?:большое )?спасибо|отлично|до свидания|пока"),
    who=_anywhere(r"(?:вы|ты) (?:бот|кто|робот|человек)|кто (?:вы|ты)"),
    hello="Здравствуйте!",
    note="Я помощник без языковой модели: отвечаю дословно тем, что для меня записано, а всё "
    "остальное передаю человеку.",
    welcome="Пожалуйста! Напишите, если понадобится что-то ещё.",
    passing="Конечно, передаю вас коллеге. Вам ответят прямо здесь.",
    unknown="Точно я этого не знаю, поэтому передаю вас коллеге. Вам ответят прямо здесь.",
    alone="Я помощник без языковой модели: отвечаю дословно тем, что для меня записано.",
    nobody="К сожалению, здесь я не могу передать вас человеку.",
    unsure="К сожалению, точно я этого не знаю.",
    moment="Сейчас я это уточню и отвечу вам прямо здесь.",
    more="Могу ли я помочь чем-нибудь ещё?",
)
BY_LANGUAGE = {
    "english": ENGLISH,
    "german": GERMAN,
    "spanish": SPANISH,
    "french": FRENCH,
    "russian": RUSSIAN,
}
