"""What customers, agents and operators of a shop say to each other in the scenery.

A step is a kind and its words: `c` the customer; `mail` a letter of his, its subject and its HTML; `a` the
agent, and what its words rest on; `ask` the agent hands over, why, who wanted it, and its summary; `s` a suggestion, what
became of it, and what was sent instead; `take`, `handover`, `human`, `return`, `resolve` an operator, by number;
`o` his words; `n` his note; `end` the agent's last words; `clock` nobody wrote any more.
"""

from collections.abc import Sequence

Step = tuple[str, ...]
NAMES = (
    "Amelia Hartmann|Noah Okafor|Ines Carvalho|Yusuf Demir|Mei Tanaka|Lucas Lindqvist|Priya Raman|"
    "Omar Haddad|Chloé Marchand|Hannah Weber|Mateo García|Sofia Rossi|Arjun Mehta|Freya Nielsen|"
    "Jonas Becker|Layla Aziz|Tomasz Nowak|Emma Wilson|Daniel Kim|Olivia Brown|Ravi Patel|Nora Lund|"
    "Pavel Novák|Zoe Papadopoulos|David Cohen|Marta Silva|Ben Adams|Aisha Bello|Leo Dubois|Ida Holm"
).split("|")

TALKS: Sequence[tuple[int, Sequence[Step]]] = (
    (
        7,
        [
            ("c", "How long is delivery to Hamburg?"),
            (
                "a",
                "Orders placed before 14:00 leave the same day. Hamburg takes 2 to 3 working days.",
                "delivery.md › Times",
            ),
            ("c", "Perfect, thanks!"),
            ("end", "You are welcome. Have a lovely day!"),
        ],
    ),
    (
        4,
        [
            ("c", "Which size should I take if I am between M and L?"),
            (
                "a",
                "Our jackets run a little small, so take the larger one. Exchanges are free for 30 days.",
                "sizes.md › Jackets",
            ),
            ("c", "👍"),
            ("clock",),
        ],
    ),
    (
        3,
        [
            ("c", "I want to return my boots, they are too narrow"),
            (
                "a",
                "No problem. You have 30 days; shall I send you a return label?",
                "returns.md › Labels",
            ),
            ("c", "yes please, and can I talk to a human about the refund?"),
            (
                "ask",
                "The customer wants to talk about the refund.",
                "customer",
                "The boots are too narrow and go back with our label. He wants to know when the refund comes.",
            ),
            ("take", "0"),
            (
                "s",
                "Your refund is on its way as soon as the parcel is scanned, usually within 2 days.",
                "used",
            ),
            ("c", "Great, that is all I wanted to know"),
            ("s", "Happy to help!", "dismissed"),
            ("resolve", "0"),
        ],
    ),
    (
        3,
        [
            ("c", "My discount code AUTUMN10 does not work"),
            (
                "a",
                "I am sorry about that. I cannot see discount codes, so a colleague will look into it.",
                "",
            ),
            (
                "ask",
                "Discount codes are beyond what the agent can see.",
                "agent",
                "The code AUTUMN10 is refused at the checkout. The order is not placed yet.",
            ),
            ("take", "1"),
            (
                "s",
                "The code ended on Sunday. I have added a new one to your account: HELLO10.",
                "edited",
                "The code ended on Sunday, sorry! I have added a new one for you: HELLO10. It is valid for a month.",
            ),
            ("c", "That is very kind, thank you"),
            ("resolve", "1"),
        ],
    ),
    (
        2,
        [
            ("c", "The zip of my new jacket broke after two days."),
            (
                "a",
                "I am sorry. This is covered by our two-year warranty. May I ask for a photo?",
                "warranty.md › Zips",
            ),
            ("c", "This is the second time. I am really annoyed."),
            (
                "ask",
                "The customer is upset.",
                "agent",
                "The zip of a new jacket broke for the second time. The warranty was explained, and a photo asked for.",
            ),
            ("take", "2"),
            ("s", "I understand. Could you send me a photo of the zip?", "dismissed"),
            (
                "o",
                "2",
                "I am so sorry, Kestrel should not do this twice. A new jacket leaves today, at no cost.",
            ),
            ("n", "2", "Second broken zip from the same batch; told the warehouse."),
            ("c", "Wow, thank you!"),
            ("resolve", "2"),
        ],
    ),
    (
        2,
        [
            ("c", "Do you ship to Norway?"),
            (
                "a",
                "Yes, by post. Shipping is 12 € and takes 4 to 6 working days.",
                "delivery.md › Abroad",
            ),
            ("handover", "0"),
            ("take", "0"),
            (
                "o",
                "0",
                "One addition: customs are included in our price, so nothing is due at the door.",
            ),
            ("return", "0"),
            ("c", "super"),
            ("end", "Glad to hear it!"),
        ],
    ),
)

LETTER = """<p>Dear Kestrel team,</p><p>I ordered the <b>trail jacket</b> on Monday, and
<a href="https://example.com/KS-1047">the page of my order</a> still says <i>packed</i>.</p>
<p>Kind regards<br>Lucas Lindqvist</p>"""
TODAY: Sequence[tuple[str, int, int, Sequence[Step]]] = (
    ("Priya Raman", 260, 0, [
        ("c", "Is the blue rain jacket back in stock in S?"),
        ("a", "Yes, since this morning: the blue rain jacket in S is in stock again.", "assortment.md › Jackets"),
        ("c", "Perfect, that solved it 🙌"),
    ]),
    ("Chloé Marchand", 190, 1, [
        ("c", "Bonjour, can I still change the address of order KS-1050?"),
        ("ask", "An address can only be changed by a person.", "agent", "She wants order KS-1050 sent to another address, before it leaves."),
        ("take", "2"),
        ("s", "Of course. Please send me the new address, and I change it before it leaves.", "used"),
        ("c", "Merci! 12 rue des Lilas, 69003 Lyon"),
        ("s", "Done: your order goes to 12 rue des Lilas, 69003 Lyon.", "open"),
    ]),
    ("Lucas Lindqvist", 150, 2, [
        ("mail", "I ordered the trail jacket on Monday, and the page of my order still says packed.", "Where is my order KS-1047?", LETTER),
        ("a", "Thank you for your message. Orders leave within one working day; yours was packed on Monday.", "delivery.md › Times"),
        ("ask", "The parcel is late, and the agent cannot see why.", "agent", "Order KS-1047 is packed since Monday and has not left. He was told that orders leave within a day."),
        ("take", "1"),
        ("o", "1", "I have asked our warehouse; it leaves today, with express shipping at no cost."),
        ("human", "1"),
    ]),
    ("Omar Haddad", 95, 0, [
        ("c", "I cannot log in after the update"),
        ("a", "I am sorry. Please try the link for a new password on the login page.", "account.md › Password"),
        ("c", "The link does not arrive"),
        ("ask", "The agent could not help.", "agent", "He cannot log in since the update. The link for a new password was tried; it does not arrive."),
        ("c", "Hello?"),
        ("c", "I need my invoice today"),
    ]),
    ("Yusuf Demir", 61, 1, [
        ("c", "Can somebody call me about a repair?"),
        ("ask", "The customer wants to be called.", "customer", "He wants a call about a repair. What is broken, and his number, he has not said."),
    ]),
    ("Ines Carvalho", 34, 0, [
        ("c", "How do I wash a down jacket?"),
        ("a", "At 30 degrees with down detergent, and tumble dry it with two tennis balls.", "assortment.md › Care"),
        ("c", "With tennis balls, really?"),
        ("a", "Yes: they shake the down loose while it dries.", "assortment.md › Care"),
    ]),
    ("Amelia Hartmann", 26, 1, [
        ("c", "Hello, I ordered the espresso-brown boots last Thursday (order KS-1042)."),
        ("a", "Hello Amelia! I can see order KS-1042; it was delivered on Monday. How can I help?", ""),
        ("c", "My card statement shows the amount twice: 149.00 € on the 12th and again on the 14th."),
        ("a", "I am sorry about that. I see one payment of 149.00 € and one reservation that was not released.", "payment.md › Reservations"),
        ("ask", "A double charge can only be released by a person.", "agent", "Order KS-1042 was delivered, and 149.00 € stand on her card twice: a payment, and a reservation that was never released. She was told so."),
        ("take", "0"),
        ("s", "Good morning Amelia. I have asked our payment provider to release the second amount.", "edited",
         "Good morning Amelia, Olga here. I have asked our payment provider to release the second amount. You get an email today."),
        ("n", "0", "Reference of the release: PR-20931."),
        ("c", "My bank says the money is still blocked, and I need it this week."),
        ("s", "I understand this is urgent. Banks usually show a release within 24 hours. If it is not there by tomorrow noon, I will refund it at once.", "open"),
    ]),
    ("Noah Okafor", 5, 2, [
        ("mail", "Thanks! And how long does the refund take?", "Return of KS-1043", "<p>Thanks! And how long does the refund take?</p>"),
        ("a", "5 to 7 working days from the moment our warehouse has scanned your parcel.", "returns.md › Refunds"),
    ]),
)  # fmt: skip
"""Who, how many minutes ago, on which of the channels, and what was said."""
