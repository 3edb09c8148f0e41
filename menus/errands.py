"""What follows the rarer keywords: claims and codes, one's own topics and data, stars, a call back, word for another."""

from collections.abc import Callable
from dataclasses import replace

from menus.matching import Found, Matched, find_code, find_place, find_ticket
from menus.model import Action

_ERASE_DIGITS = 3
_ALL = "SEMUA"
_AND = frozenset({"DAN", "SAMA", "SAJA", "INFO", "KABAR", "TENTANG", "TOPIK", "KARO", "KALIH", "LAN", "SEMUA"})
_LONG_NUMBER = 6
_CITY = "33.75"

Shaper = Callable[[Matched], Found | None]


def rumour(matched: Matched) -> Found | None:
    """CEK: the status of a ticket, whether a broadcast is ours, what became of a claim; any other words are a claim."""
    ticket, typed, at = find_ticket(matched)
    if ticket or (len(typed.replace("-", "")) >= _LONG_NUMBER and not matched.left(at)):
        return Found(Action.STATUS, {"ticket": ticket, "typed": typed}, matched.said(at))
    known, at = find_code(matched.words(), matched.lexicon)
    if known:
        return _coded(known, matched.said(at))
    words = matched.said()
    return Found(Action.ASK_RUMOUR, {"words": words, "area": matched.area_of(words)})


def _coded(known: str, rest: str) -> Found:
    if known.startswith("B"):
        return Found(Action.CHECK_CODE, {"code": known, "typed": ""}, rest)
    return Found(Action.RUMOUR_RESULT, {"claim": known}, rest)


def claim(matched: Matched) -> Found | None:
    """HASIL and a claim's code (`C48`, or its number), or nothing more."""
    known, at = find_code(matched.words(), matched.lexicon, bare="C")
    if (known and not known.startswith("C")) or matched.left(at):
        return None
    return Found(matched.keyword.action, {"claim": known})


def code(matched: Matched) -> Found | None:
    """ASLI and a broadcast's code (`B27`, or its number); what cannot be one is named in `typed`."""
    words = matched.words()
    known, at = find_code(words, matched.lexicon, bare="B")
    if known.startswith("C"):
        return None
    if known:
        return Found(matched.keyword.action, {"code": known, "typed": ""}, matched.said(at))
    left = matched.left(0, matched.lexicon.code_words)
    is_code = len(left) == 1 and any(map(str.isdigit, left[0]))
    if matched.keyword.needs == "code" or (left and not is_code):
        return None
    return Found(matched.keyword.action, {"code": "", "typed": "".join(left)})


def topics(matched: Matched) -> Found | None:
    """PILIH and topics; SEMUA is every topic (""). Without any the argument is missing, and we ask."""
    names = matched.lexicon.topics
    words = matched.left(0)
    if any(word not in names and word not in _AND for word in words):
        return None
    chosen = dict.fromkeys(names[word] for word in words if word in names)
    if not chosen and _ALL not in words:
        return Found(matched.keyword.action, {}) if not words else None
    return Found(matched.keyword.action, {"topics": "" if _ALL in words else ",".join(chosen)})


def change(matched: Matched, shape_of: Shaper) -> Found | None:
    """UBAH: the field says which other keyword is meant (UBAH KELURAHAN PONCOL is PINDAH PONCOL)."""
    words = matched.words()
    if not words or words[0] not in matched.lexicon.fields:
        return None
    keyword = matched.lexicon.named[matched.lexicon.fields[words[0]]]
    at = 2 if len(words) > 1 and words[1] in ("KE", "JADI", "MENJADI", "DADI", "DADOS") else 1
    found = shape_of(replace(matched, keyword=keyword, rest=matched.rest[at:]))
    # "Ganti alamat KTP" and the like speak of papers, not of us.
    return None if found is None or found.rest else found


def digits(matched: Matched) -> Found | None:
    """YA HAPUS and the three digits that were asked for, however they are written."""
    numbers = matched.lexicon.numbers
    said = [numbers.get(word, word) for word in matched.left(0)]
    echoed = "".join(said).replace("-", "")
    if said and not (echoed.isascii() and echoed.isdecimal()):
        return None
    if matched.keyword.needs == "digits" and len(echoed) != _ERASE_DIGITS:
        return None
    return Found(matched.keyword.action, {"digits": echoed})


def rate(matched: Matched) -> Found | None:
    """NILAI, a ticket and one to four stars (1 is the best), in figures or words; without a ticket the last one."""
    lexicon = matched.lexicon
    ticket, typed, at = find_ticket(matched)
    left = matched.left(at)
    if not ticket and not left and len(typed) > 1 and (typed[-1] in lexicon.stars):
        typed, left = typed[:-1], [typed[-1]]
    elif not ticket and typed in lexicon.stars and not left:
        typed, left = "", [typed]
    stars = lexicon.stars.get(" ".join(left)) or (lexicon.stars.get(left[0]) if len(left) == 1 else None)
    if (left and not stars) or (typed and len(typed.replace("-", "")) < _LONG_NUMBER):
        return None
    return Found(matched.keyword.action, {"ticket": ticket, "typed": typed, "stars": stars or ""})


def call(matched: Matched) -> Found | None:
    """HUBUNGI: nothing more, or whom and where; anything else is something to be reported."""
    return None if matched.left(0, matched.lexicon.call_words) else Found(matched.keyword.action, {})


def area(matched: Matched) -> Found | None:
    """STAT and an area of the city or the whole of it, or nothing more, which is one's own."""
    if len(matched.left(0)) == 1 and matched.left(0)[0] in matched.lexicon.order_city:
        return Found(matched.keyword.action, {"area": _CITY})
    code, at = find_place(matched, 0, kelurahan=False)
    return None if matched.left(at, matched.lexicon.place_words) else Found(matched.keyword.action, {"area": code})


def proxy(matched: Matched, shape_of: Shaper) -> Found | None:
    """WAKIL: for somebody else, whose number may stand first; then a report, a proposal or a question of theirs."""
    lexicon, words = matched.lexicon, matched.words()
    at = 0
    while at < len(words) and (words[at] in lexicon.call_words or words[at].strip("+-").replace("-", "").isdecimal()):
        at += 1
    keyword = lexicon.phrases.get((words[at],)) if at < len(words) else None
    if keyword and keyword.shape in ("report", "body"):
        at += 1
    elif at:
        keyword = lexicon.named.get("report")
    if keyword is None or keyword.shape not in ("report", "body"):
        return None
    found = shape_of(replace(matched, keyword=keyword, rest=matched.rest[at:]))
    return found and replace(found, args={**found.args, "behalf": "yes"})
