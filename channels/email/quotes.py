"""What somebody wrote now, without what he answers and without his signature.

Works on lines, of which HTML has said already which are quoted (`html.lines`); in plain text `>` says so. If
nothing would be left, everything is: rather too much for the agent than nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from .lines import Line

MOST_LINES = 20_000
LONGEST_LINE = 1_000
"""Characters of a line in which patterns are looked for."""
ATTRIBUTION_LINES = 4
"""Mail programs break "On … wrote:" into so many lines at most."""
KEPT_QUOTE = 12
"""Lines of a quoted passage that an answer below it keeps."""
SIGNATURE_LINES = 12

_QUOTED = re.compile(r"^ ?((?:> ?)+)")
_WROTE = re.compile(
    r"("
    r"wrote|writes|schrieb|a écrit|escribió|escribio|ha scritto|scrisse|escreveu|schreef|geschreven|"
    r"napisała?|napisał\(a\)|написала?|пишет|пише|написав|skrev|kirjoitti|yazdı|şunları yazdı|napsala?|"
    r"napísala?|írta|a scris|έγραψε|كتب|כתב|写道|寫道|のメール|さんは書きました|작성|escrigué|wrote the following|"
    r"je napisa[ol]|skrifaði|rakstīja|parašė|đã viết|menulis|كتابة ما يلي|به من نوشت|kirjutas|rašė|написа"
    r")[^\n]{0,200}$",
    re.IGNORECASE,
)
_INLINE = re.compile(
    r"^\s{0,10}(on|am|le|el|il|em|op|den)\s[^<>]{5,200}<[^<>@\s]{1,100}@[^<>@\s]{1,200}>\s?,?\s?"
    r"(wrote|a écrit|escribió|ha scritto|escreveu|schreef|skrev|schrieb)\s?:",
    re.IGNORECASE,
)
"""Yahoo's app begins the quoted mail in the line that says whose it is."""
_BELOW = re.compile(
    r"\b((answer|repl(y|ies)|comment|response|remark|respond|antwort|anmerkung|kommentar|réponse|respuesta|"
    r"risposte?|respostas?|antwoord|ответ|odpowied)\w{0,6}\b.{0,40}\b(below|in ?-?line|in (red|blue|green|bold|"
    r"rot|blau|grün|rosso|rojo|rouge|kleur|vermelho)|unten|weiter unten|im text|ci-dessous|en rouge|abajo|sotto|abaixo|"
    r"hieronder|ниже|в тексте|poniżej)|see (below|inline)|siehe unten|voir ci-dessous|ver abajo|vedi sotto|см\. ниже)",
    re.IGNORECASE,
)
"""He wrote into the mail that he answers, where nothing marks it."""
_DATED = re.compile(r"\d{1,4}")
_ADDRESS = re.compile(r"[<(\[][^\s<>()]{1,100}@[^\s<>()]{1,200}")
_BEGINS = re.compile(
    r"^\s*(\d{4}[년年/.-]|\d{1,2}[./]|\d{1,2}\s\w|(on|am|le|el|il|em|op|w dniu|den|dne|dňa|pe|στις|в|у|dnia|"
    r"il giorno|a las|kl|tarih|vào|pada|في|mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so)(?!\w))",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"^[\s_*-]{0,60}("
    r"original message|original appointment|ursprüngliche nachricht|urspr\. nachricht|original-nachricht|"
    r"originalnachricht|message d['’]origine|message original|message initial|mensaje original|"
    r"messaggio originale|mensagem original|oorspronkelijk bericht|originele bericht|"
    r"wiadomość oryginalna|oryginalna wiadomość|исходное сообщение|оригинальное сообщение|"
    r"вихідне повідомлення|оригінальне повідомлення|ursprungligt meddelande|originalmeddelande|"
    r"original meddelelse|oprindelig meddelelse|opprinnelig melding|alkuperäinen viesti|"
    r"orijinal mesaj|özgün ileti|původní zpráva|pôvodná správa|eredeti üzenet|mesaj original|"
    r"αρχικό μήνυμα|原始邮件|原始郵件|原始信件|元のメッセージ|원본 메시지|원본 메일|الرسالة الأصلية|הודעה מקורית"
    r")[\s_*:-]{0,60}$",
    re.IGNORECASE,
)
_FORWARD = re.compile(
    r"^[\s_*-]{0,20}("
    r"forwarded message|begin forwarded message|weitergeleitete nachricht|anfang der weitergeleiteten nachricht|"
    r"message transféré|début du message (transféré|réexpédié)|mensaje reenviado|inicio del mensaje reenviado|"
    r"messaggio inoltrato|inizio messaggio inoltrato|mensagem encaminhada|início da mensagem encaminhada|"
    r"doorgestuurd bericht|begin doorgestuurd bericht|przekazana wiadomość|пересылаемое сообщение|"
    r"пересланное сообщение|переслане повідомлення|vidarebefordrat meddelande|videresendt meddelelse|"
    r"videresendt melding|välitetty viesti|iletilen ileti|přeposlaná zpráva|továbbított üzenet|"
    r"mesaj redirecționat|προωθημένο μήνυμα|転送されたメッセージ|転送メッセージ|转发的邮件|轉寄的郵件|전달된 메시지"
    r")\s?:?[\s_*-]{0,20}$",
    re.IGNORECASE,
)
"""What follows is what somebody wants to be read."""
_RULE = re.compile(r"^\s*_{10,}\s*$")
_FROM = re.compile(
    r"^\s*\*?(from|von|de|da|van|от|від|från|fra|od|lähettäjä|kimden|feladó|από|de la|expéditeur|remitente|"
    r"avsändare|nadawca|отправитель|gönderen|発信者|差出人|送信者|发件人|寄件者|寄件人|보낸 사람|보낸사람|من|מאת)\s?\*?\s?[:：]",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"^\s*\*?("
    r"sent|date|to|cc|gesendet|datum|an|kopie|envoyé|date|à|copie|enviad[oa]( el)?|fecha|para|inviato|"
    r"data|a|verzonden|aan|отправлено|дата|кому|копия|надіслано|skickat|till|sendt|til|dato|lähetetty|"
    r"vastaanottaja|päivämäärä|gönderildi|tarih|kime|wysłano|do|odesláno|datum|komu|elküldve|dátum|címzett|"
    r"εστάλη|στάλθηκε|ημερομηνία|προς|trimis|către|送信日時|日時|日付|宛先|发送时间|日期|收件人|抄送|寄件日期|收件者|"
    r"보낸 날짜|보낸날짜|받는 사람|받는사람|تم الإرسال|التاريخ|إلى|נשלח|תאריך|אל|reply-to"
    r")\s?\*?\s?[:：]",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"^\s*\*?("
    r"subject|betreff|objet|asunto|oggetto|assunto|onderwerp|тема|ämne|emne|aihe|konu|temat|předmět|predmet|"
    r"tárgy|θέμα|subiect|件名|主题|主旨|主題|제목|الموضوع|נושא"
    r")\s?\*?\s?[:：]",
    re.IGNORECASE,
)
_SIGNS_OFF = re.compile(r"^(--|—|––|_{10,60}) ?$")
_RULED = re.compile(r"^[\s_=*ᐧ-]{1,200}$")
_SENT_FROM = re.compile(
    r"^\s*[\"'<]?("
    r"sent from (my |the )?|sent via |get outlook for|sent with |von meinem .{1,40} gesendet|"
    r"gesendet (von|mit) |envoyé (de(puis)? |à partir)|enviado (desde|do|via|a partir) |inviato da|"
    r"verzonden (vanaf|via) |verstuurd vanaf|отправлено (с|из) |надіслано з|skickat från|sendt fra|"
    r"\(?sent from (my |a )?(mobile|phone)|從我的|lähetetty |wysłan[eo] z|odesláno z|iphoneから送信|从我的|发自我的|nachricht gesendet|"
    r"diese nachricht wurde von|download outlook|outlook (für|for|pour) "
    r").{0,120}$",
    re.IGNORECASE,
)


def read(plain: str) -> list[Line]:
    """Lines of plain text, with the depth of their quoting."""
    found = []
    for line in plain.split("\n")[:MOST_LINES]:
        marks = _QUOTED.match(line[:LONGEST_LINE])
        depth = marks.group(1).count(">") if marks else 0
        found.append(Line((line[marks.end() :] if marks else line).rstrip(), depth))
    return found


_FORWARDED = re.compile(
    r"\s*(fwd?|wg|tr|rv|enc|i|doorst|vb|vs|vl|pd|továbbítás|ptl|ilt|fs|転送|转发|轉寄|전달)\s?[:：]",
    re.IGNORECASE,
)


def is_forward(subject: str) -> bool:
    """What is appended to it is what he wants to be read."""
    return _FORWARDED.match(subject[:50]) is not None


def new(lines: Sequence[Line], *, forwarded: bool = False) -> str:
    """What is new in it; all of it, if nothing else would be left."""
    own = _uncut(lines[:MOST_LINES])
    rest = lines[len(own) :]
    if forwarded or any(_FORWARD.match(one.text[:LONGEST_LINE]) for one in lines if not one.quoted):
        return _joined([*_unsigned(own), Line(""), *rest]) or full(lines)
    if rest and any(_BELOW.search(one.text[:LONGEST_LINE]) for one in own if not one.quoted):
        return full(lines)
    own = _unquoted(own)
    own = _unsigned(own)
    return _joined(own) or full(lines)


def full(lines: Sequence[Line]) -> str:
    """All of it, quotes marked."""
    return _joined(lines)


def _joined(lines: Sequence[Line]) -> str:
    text = "\n".join(("> " * one.quoted + one.text).rstrip() for one in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n ")


def _uncut(lines: Sequence[Line]) -> list[Line]:
    """Up to where another mail is appended whole; if there is nothing above it, it was forwarded."""
    for at, line in enumerate(lines):
        if _appends(lines, at):
            above = [one for one in lines[:at] if not one.quoted and one.mark != "signature"]
            if any(one.text.strip() for one in above):
                return list(lines[:at])
            if line.mark == "cut":
                continue
            return list(lines)
    return list(lines)


def _appends(lines: Sequence[Line], at: int) -> bool:
    line = lines[at]
    if line.mark == "cut":
        return True
    if line.quoted:
        return False
    text = line.text[:LONGEST_LINE]
    if _ORIGINAL.match(text):
        return "--" in text or "__" in text or "**" in text or _is_header(lines, at + 1, sure=True)
    if _FORWARD.match(text):
        return True
    if _RULE.match(text):
        return _is_header(lines, at + 1, sure=True)
    return _is_header(lines, at) or _INLINE.match(text) is not None


def _is_header(lines: Sequence[Line], at: int, *, sure: bool = False) -> bool:
    """From whom, and at least two other fields in the lines that follow. Journeys are from and to somewhere
    too: unless it is `sure`, there is a subject, or somebody's address.
    """
    near = [one.text[:LONGEST_LINE] for one in lines[at : at + 8] if one.text.strip()]
    if not near or not any(one.match(near[0]) for one in (_FROM, _FIELD, _SUBJECT)):
        return False
    who = [one for one in near if _FROM.match(one)]
    about = any(_SUBJECT.match(one) for one in near)
    fields = sum(bool(_FIELD.match(one)) for one in near) + about
    return bool(who) and fields >= 2 and (sure or about or any("@" in one for one in who))  # noqa: PLR2004 - one alone may be a sentence


def _unquoted(lines: list[Line]) -> list[Line]:
    """Without what he answers: all of it where he wrote above or below; where he wrote in between, each
    passage stays that has an answer below it.
    """
    told = _without_attributions(lines)
    names_nobody, lines = len(told) == len(lines), told
    runs = _runs(lines)
    said = [at for at, (quoted, run) in enumerate(runs) if not quoted and _says(run)]
    if not said:
        return []
    between = [at for at in range(said[0], said[-1]) if runs[at][0]]
    first_is_quote = any(quoted for quoted, _ in runs[: said[0]])
    interleaved = bool(between) and (len(between) > 1 or first_is_quote or len(said) > 1)
    # Whoever quotes without saying whom chose what to quote.
    interleaved = interleaved or (names_nobody and first_is_quote)
    kept: list[Line] = []
    for at, (quoted, run) in enumerate(runs):
        if not quoted:
            kept += run
        elif interleaved and at < said[-1]:
            kept += [Line(""), *_answered(run), Line("")]
    return kept


def _answered(run: list[Line]) -> list[Line]:
    """The end of a passage, which is what the answer below it is about."""
    shallow = min(one.quoted for one in run)
    own = [replace(one, quoted=1) for one in run if one.quoted == shallow]
    for at, line in enumerate(own):
        if line.text.strip() and not _is_wrote(line.text):
            own = own[at:]
            break
    while own and not own[-1].text.strip():
        own.pop()
    return own[-KEPT_QUOTE:]


def _is_wrote(text: str) -> bool:
    said = text.strip()[:LONGEST_LINE]
    return bool(_WROTE.search(said)) and bool(_DATED.search(said) or _ADDRESS.search(said))


def _says(run: Sequence[Line]) -> bool:
    """More than a greeting by the mail program: signatures answer nothing."""
    return any(one.text.strip() for one in _unsigned(list(run)))


def _runs(lines: Sequence[Line]) -> list[tuple[bool, list[Line]]]:
    """Stretches of quoted and of own lines, in turn; empty lines belong to what is above them."""
    found: list[tuple[bool, list[Line]]] = []
    for line in lines:
        quoted = bool(line.quoted)
        if found and (found[-1][0] == quoted or not (line.text.strip() or quoted)):
            found[-1][1].append(replace(line, quoted=line.quoted or int(found[-1][0])))
        else:
            found.append((quoted, [line]))
    return found


def _without_attributions(lines: list[Line]) -> list[Line]:
    """Without who wrote what is quoted; if an unquoted mail follows, that goes too."""
    kept: list[Line] = []
    at = 0
    while at < len(lines):
        length = _attribution(lines, at)
        if not length:
            kept.append(lines[at])
            at += 1
            continue
        following = next((one for one in lines[at + length :] if one.text.strip()), None)
        if following is not None and not following.quoted and any(one.text.strip() for one in kept):
            return kept
        at += length
    return kept


def _attribution(lines: Sequence[Line], at: int) -> int:
    """How many lines from here say who wrote what is quoted below; 0: none do."""
    first = lines[at]
    if first.quoted or not first.text.strip():
        return 0
    if first.mark == "attribution":
        return next(
            (n for n, one in enumerate(lines[at:]) if one.mark != "attribution"), len(lines) - at
        )
    for end in range(at + 1, min(at + ATTRIBUTION_LINES, len(lines)) + 1):
        if lines[end - 1].quoted or not lines[end - 1].text.strip():
            break
        if _is_attribution(lines, at, end):
            # The line above may be his own, which only looks as if it went on.
            later = [n for n in range(at + 1, end) if _begins(lines[n].text)]
            return 0 if any(_is_attribution(lines, n, end) for n in later) else end - at
        if not _may_begin(first.text):
            break
    return 0


def _is_attribution(lines: Sequence[Line], at: int, end: int) -> bool:
    said = " ".join(one.text.strip() for one in lines[at:end])[:LONGEST_LINE]
    said = said.replace("< ", "<").strip(" -*_")
    followed = _is_followed_by_quote(lines, end)
    if end - at > 1 and not _may_begin(lines[at].text):
        return False
    if _is_wrote(said):
        return followed or _names(said)
    return _is_bare(said) and (followed or _begins(said))


def _begins(text: str) -> bool:
    return _BEGINS.match(text[:LONGEST_LINE].lstrip(" -*_")) is not None


def _may_begin(text: str) -> bool:
    return _begins(text) or _ADDRESS.search(text[:LONGEST_LINE]) is not None


def _is_bare(said: str) -> bool:
    """A date, an address and a colon."""
    return bool(re.search(r"\d.{0,200}@.{0,200}[:：]$", said.rstrip()[-400:]))


def _names(said: str) -> bool:
    """Unmistakable also where nothing marks what follows as quoted."""
    ends = said.endswith((":", "：")) or _ADDRESS.search(said) is not None
    return ends and (_begins(said) or _ADDRESS.search(said) is not None)


def _is_followed_by_quote(lines: Sequence[Line], at: int) -> bool:
    following = next((one for one in lines[at : at + 3] if one.text.strip() or one.quoted), None)
    return following is not None and bool(following.quoted)


def _unsigned(lines: list[Line]) -> list[Line]:
    """Without the signature at the end, and without what a phone adds."""
    kept = [one for one in lines if one.mark != "signature"]
    at = _signature(kept)
    kept = kept[:at] + [one for one in kept[at:] if one.quoted]
    while kept and (
        _RULED.match(kept[-1].text or " ") or _SENT_FROM.match(kept[-1].text[:LONGEST_LINE])
    ):
        kept.pop()
    return [one for one in kept if not _is_phones(one)]


def _signature(lines: Sequence[Line]) -> int:
    """Where it begins, near the end."""
    below, found = 0, len(lines)
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at]
        if line.quoted or not line.text.strip():
            continue
        if _SIGNS_OFF.match(line.text.strip()) and _signs(lines[at + 1 :]):
            found = at
        below += 1
        if below > SIGNATURE_LINES:
            break
    return found


def _signs(below: Sequence[Line]) -> bool:
    """After an empty line, only what is short."""
    own = [one.text.strip() for one in below if not one.quoted]
    if not own or own[0]:
        return True
    said = [one for one in own if one]
    return len(said) <= 5 and all(len(one) <= 80 for one in said)  # noqa: PLR2004 - a name, a street, a phone


def _is_phones(line: Line) -> bool:
    """A line of a phone in the middle: what it answers stood below it."""
    return not line.quoted and bool(_SENT_FROM.match(line.text[:LONGEST_LINE]))
