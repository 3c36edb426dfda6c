"""What somebody wrote now, as the mail programs of the world wrap it."""

import pytest

from channels.email import html, lines, quotes

OURS = "Hello Ann,\n\nyour order left today.\n\nKestrel"
QUOTED = "\n".join(f"> {line}".rstrip() for line in OURS.split("\n"))
NEW = "Thanks, but it has not come."


def of_plain(text: str) -> str:
    return quotes.new(quotes.read(text))


def of_html(text: str) -> str:
    return quotes.new(lines.lines(html.tree(text)))


WROTE = {
    "English": "On Thu, Nov 26, 2026 at 10:04 AM Kestrel <support@kestrel.example> wrote:",
    "German": "Am Do., 26. Nov. 2026 um 10:04 Uhr schrieb Kestrel <support@kestrel.example>:",
    "German, Thunderbird": "Am 26.11.26 um 10:04 schrieb Kestrel:",
    "French": "Le jeu. 26 nov. 2026 à 10:04, Kestrel <support@kestrel.example> a écrit :",
    "Spanish": "El jue, 26 nov 2026 a las 10:04, Kestrel (<support@kestrel.example>) escribió:",
    "Italian": "Il giorno gio 26 nov 2026 alle ore 10:04 Kestrel <support@kestrel.example> ha scritto:",
    "Portuguese": "Em qui., 26 de nov. de 2026 às 10:04, Kestrel <support@kestrel.example> escreveu:",
    "Dutch": "Op do 26 nov 2026 om 10:04 schreef Kestrel <support@kestrel.example>:",
    "Polish": "czw., 26 lis 2026 o 10:04 Kestrel <support@kestrel.example> napisał(a):",
    "Russian": "чт, 26 нояб. 2026 г. в 10:04, Kestrel <support@kestrel.example>:\nKestrel пишет:",
    "Russian, Apple": "26 нояб. 2026 г., в 10:04, Kestrel <support@kestrel.example> написал(а):",
    "Ukrainian": "чт, 26 лист. 2026 р. о 10:04 Kestrel <support@kestrel.example> пише:",
    "Swedish": "Den tors 26 nov. 2026 kl 10:04 skrev Kestrel <support@kestrel.example>:",
    "Danish": "Den tor. 26. nov. 2026 kl. 10.04 skrev Kestrel <support@kestrel.example>:",
    "Norwegian": "tor. 26. nov. 2026 kl. 10:04 skrev Kestrel <support@kestrel.example>:",
    "Finnish": "to 26. marrask. 2026 klo 10.04 Kestrel (support@kestrel.example) kirjoitti:",
    "Turkish": "Kestrel <support@kestrel.example>, 26 Kas 2026 Per, 10:04 tarihinde şunu yazdı:",
    "Czech": "čt 26. 11. 2026 v 10:04 odesílatel Kestrel <support@kestrel.example> napsal:",
    "Hungarian": "Kestrel <support@kestrel.example> ezt írta (időpont: 2026. nov. 26., Cs, 10:04):",
    "Romanian": "joi, 26 nov. 2026 la 10:04, Kestrel <support@kestrel.example> a scris:",
    "Greek": "Στις Πέμ 26 Νοε 2026 στις 10:04 π.μ., ο χρήστης Kestrel <support@kestrel.example> έγραψε:",
    "Japanese": "2026年11月26日(木) 10:04 Kestrel <support@kestrel.example> のメール:",
    "Chinese": "Kestrel <support@kestrel.example> 于2026年11月26日周四 10:04写道：",
    "Hebrew": "\u202bבתאריך יום ה׳, 26 בנוב׳ 2026 ב-10:04 מאת \u202aKestrel\u202c\u200f <\u202asupport@kestrel.example\u202c\u200f> כתב:\u202c",
    "Vietnamese": "Vào Th 5, 26 thg 11, 2026 vào lúc 10:04 Kestrel <support@kestrel.example> đã viết:",
}


@pytest.mark.parametrize("wrote", WROTE.values(), ids=WROTE)
def test_an_answer_above_the_quote(wrote: str) -> None:
    assert of_plain(f"{NEW}\n\n{wrote}\n\n{QUOTED}\n") == NEW


@pytest.mark.parametrize("wrote", WROTE.values(), ids=WROTE)
def test_an_answer_below_the_quote(wrote: str) -> None:
    assert of_plain(f"{wrote}\n{QUOTED}\n\n{NEW}\n") == NEW


HEADERS = {
    "Outlook": "From: Kestrel <support@kestrel.example>\nSent: Thursday, November 26, 2026 10:04 AM\n"
    "To: Ann\nSubject: Your order",
    "Outlook, German": "Von: Kestrel <support@kestrel.example>\nGesendet: Donnerstag, 26. November 2026 10:04\n"
    "An: Ann\nBetreff: Ihre Bestellung",
    "Outlook, French": "De : Kestrel <support@kestrel.example>\nEnvoyé : jeudi 26 novembre 2026 10:04\n"
    "À : Ann\nObjet : Votre commande",
    "Outlook, Spanish": "De: Kestrel\nEnviado: jueves, 26 de noviembre de 2026 10:04\nPara: Ann\nAsunto: Su pedido",
    "Outlook, Italian": "Da: Kestrel\nInviato: giovedì 26 novembre 2026 10:04\nA: Ann\nOggetto: Ordine",
    "Outlook, Dutch": "Van: Kestrel\nVerzonden: donderdag 26 november 2026 10:04\nAan: Ann\nOnderwerp: Order",
    "Outlook, Russian": "От: Kestrel\nОтправлено: 26 ноября 2026 г. 10:04\nКому: Ann\nТема: Заказ",
    "Outlook, Polish": "Od: Kestrel\nWysłano: czwartek, 26 listopada 2026 10:04\nDo: Ann\nTemat: Zamówienie",
    "Outlook, Japanese": "差出人: Kestrel\n送信日時: 2026年11月26日 10:04\n宛先: Ann\n件名: 注文",
    "Outlook, Chinese": "发件人: Kestrel\n发送时间: 2026年11月26日 10:04\n收件人: Ann\n主题: 订单",
    "Outlook web, bold": "*From:* Kestrel <support@kestrel.example>\n*Sent:* Thursday\n*To:* Ann\n*Subject:* Your order",
    "old Outlook": "-----Original Message-----\nFrom: Kestrel\nSent: Thursday\nTo: Ann",
    "old Outlook, German": "-----Ursprüngliche Nachricht-----\nVon: Kestrel\nGesendet: Donnerstag\nAn: Ann",
    "a line": "________________________________\nFrom: Kestrel\nSent: Thursday\nTo: Ann",
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_an_answer_above_a_whole_mail(header: str) -> None:
    assert of_plain(f"{NEW}\n\n{header}\n\n{OURS}\n") == NEW


PROGRAMS = {
    "Gmail": f'<div dir="ltr">{NEW}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" '
    f'class="gmail_attr">{WROTE["English"]}<br></div><blockquote class="gmail_quote" '
    'style="margin:0px 0px 0px 0.8ex"><p>Hello Ann,</p><p>it left.</p></blockquote></div>',
    "Gmail, signature": f'<div dir="ltr"><div>{NEW}</div><div><br></div><span>-- </span><br><div dir="ltr" '
    'class="gmail_signature">Ann Lee<br>Director</div></div>',
    "Gmail on Android": f'<div dir="auto">{NEW}</div><br><div class="gmail_quote"><div dir="ltr" '
    f'class="gmail_attr">{WROTE["German"]}<br></div><blockquote class="gmail_quote">Hello</blockquote></div>',
    "Outlook": f'<div class="WordSection1"><p class="MsoNormal">{NEW}<o:p></o:p></p><div><div '
    'style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p><b>From:</b> '
    "Kestrel<br><b>Sent:</b> Thursday<br><b>To:</b> Ann<br><b>Subject:</b> Your order</p></div></div>"
    "<p>Hello Ann</p></div>",
    "Outlook on the web": f'<div>{NEW}</div><div id="appendonsend"></div><hr style="display:inline-block;'
    'width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><b>From:</b> Kestrel<br><b>Sent:</b> '
    "Thursday<br><b>To:</b> Ann</div><div>Hello Ann</div>",
    "Outlook on a phone": f'<div>{NEW}</div><div id="ms-outlook-mobile-signature">Get <a '
    'href="https://aka.ms/o0ukef">Outlook for iOS</a></div><hr><div id="divRplyFwdMsg"><b>From:</b> K</div>Hello',
    "Apple Mail": f'<body>{NEW}<br><div><br><blockquote type="cite"><div>On 26 Nov 2026, at 10:04, Kestrel '
    "&lt;support@kestrel.example&gt; wrote:</div><br><div>Hello Ann,<br>it left.</div></blockquote></div></body>",
    "iPhone": f'<div dir="ltr">{NEW}<br><br>Sent from my iPhone</div><div dir="ltr"><br><blockquote '
    f'type="cite">{WROTE["English"]}<br><br></blockquote></div><blockquote type="cite">Hello</blockquote>',
    "Thunderbird": f'<p>{NEW}</p><div class="moz-cite-prefix">{WROTE["German, Thunderbird"]}<br></div>'
    '<blockquote type="cite">Hello Ann</blockquote><div class="moz-signature">-- <br>Ann</div>',
    "Yahoo": f'<div>{NEW}</div><div id="ydp1" class="yahoo_quoted"><div>On Thursday, Kestrel wrote:</div>'
    "<div>Hello</div></div>",
    "Proton": f'<div style="font-family: Arial">{NEW}</div><div class="protonmail_signature_block">Sent with '
    '<a href="https://proton.me/">Proton Mail</a></div><div class="protonmail_quote">On Thursday, K wrote:'
    '<blockquote class="protonmail_quote">Hello</blockquote></div>',
    "nothing around it": f"<p>{NEW}</p>",
}


@pytest.mark.parametrize("mail", PROGRAMS.values(), ids=PROGRAMS)
def test_an_answer_in_html(mail: str) -> None:
    assert of_html(mail) == NEW


PLAIN = {
    "a signature": (f"{NEW}\n\n-- \nAnn Lee\nDirector", NEW),
    "a signature and a quote": (f"{NEW}\n\n-- \nAnn\n\n{WROTE['English']}\n{QUOTED}", NEW),
    "an iPhone": (f"{NEW}\n\nSent from my iPhone\n\n> On 26 Nov 2026, at 10:04, Kestrel wrote:\n> \n{QUOTED}", NEW),
    "an iPhone, German": (f"{NEW}\n\nVon meinem iPhone gesendet\n\n{QUOTED}", NEW),
    "an attribution over two lines": (
        f"{NEW}\n\nOn Thu, Nov 26, 2026 at 10:04 AM Kestrel Support Team of the whole\nworld <support@kestrel.example> wrote:\n\n{QUOTED}",
        NEW,
    ),
    "an attribution without marks": (f"{NEW}\n\n{WROTE['English']}\n\n{OURS}", NEW),
    "a quote only": (f"{WROTE['English']}\n\n{QUOTED}", f"{WROTE['English']}\n\n{QUOTED}"),
    "a signature only": ("-- \nAnn", "--\nAnn"),
    "nothing": ("", ""),
    "no quote at all": ("From: here it is clear\nthat nothing is quoted.", "From: here it is clear\nthat nothing is quoted."),
    "a sentence that ends in wrote": ("This is what my mother wrote:\nDear shop", "This is what my mother wrote:\nDear shop"),
    "answers in between": (
        f"{WROTE['English']}\n> Which size?\n\n42\n\n> Which colour?\n\nBlue\n\n> Kestrel\n",
        "> Which size?\n\n42\n\n> Which colour?\n\nBlue",
    ),
    "an answer above and one in between": (
        "See below.\n\n> Which size?\n\n42\n\n> Bye\n",
        "See below.\n\n> Which size?\n\n42",
    ),
    "a forwarded mail": (
        "---------- Forwarded message ---------\nFrom: Bob\nDate: Thursday\nTo: Ann\n\nThe invoice",
        "---------- Forwarded message ---------\nFrom: Bob\nDate: Thursday\nTo: Ann\n\nThe invoice",
    ),
    "two levels": (f"{NEW}\n\n{WROTE['English']}\n> Hello\n>> Hi\n>>> Yes\n", NEW),
}  # fmt: skip


@pytest.mark.parametrize(("mail", "expected"), PLAIN.values(), ids=PLAIN)
def test_other_shapes_of_plain_text(mail: str, expected: str) -> None:
    assert of_plain(mail) == expected


@pytest.mark.parametrize(
    "mail",
    [">" * 1_000_000, "> " * 500_000, " " * 1_000_000, "On " * 300_000 + "wrote:", "_" * 1_000_000,
     "On 1\n" * 200_000, "From: a\n" * 100_000, "-- \n" * 100_000],
    ids=["marks", "spaced marks", "spaces", "attribution", "lines", "many lines", "headers", "signatures"],
)  # fmt: skip
@pytest.mark.timeout(20)
def test_a_hostile_mail_takes_no_longer_than_its_size(mail: str) -> None:
    assert isinstance(of_plain(mail), str)


@pytest.mark.parametrize(
    "mail", ["<div>" * 200_000, "<blockquote>" * 100_000 + "x", "<!--" * 250_000, "<a href='" * 100_000,
             "<style>" + "{" * 500_000, "&" * 1_000_000, "<table><tr><td>" * 60_000],
    ids=["div", "quote", "comment", "open", "style", "entities", "tables"],
)  # fmt: skip
@pytest.mark.timeout(30)
def test_hostile_html_takes_no_longer_than_its_size(mail: str) -> None:
    assert isinstance(of_html(mail), str)
