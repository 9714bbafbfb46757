"""What pydantic finds wrong with a field, said to people in their language."""

import re
from collections.abc import Mapping

from sakimori.text import Text

_DATE = Text("日付として読めません。例: 2026-11-20、令和8年11月20日", "Not a date. For example 2026-11-20.")
_MOMENT = Text("日時として読めません。例: 2026-11-20 14:30", "Not a time. For example 2026-11-20 14:30.")
_SAYINGS: Mapping[str, Text] = {
    "missing": Text("入力してください。", "Please enter this."),
    "string_too_short": Text("入力してください（短すぎます）。", "Please enter more: this is too short."),
    "string_too_long": Text("長すぎます。", "This is too long."),
    "string_type": Text("文字で入力してください。", "Please enter text."),
    "string_pattern_mismatch": Text("決められた形で入力してください。", "This is not of the form asked for."),
    "date_from_datetime_parsing": _DATE,
    "date_parsing": _DATE,
    "date_type": Text("日付を入力してください。例: 2026-11-20", "Please enter a date, for example 2026-11-20."),
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "int_parsing": Text("整数で入力してください。", "Please enter a whole number."),
    "int_type": Text("整数で入力してください。", "Please enter a whole number."),
    "float_parsing": Text("数で入力してください。", "Please enter a number."),
    "bool_parsing": Text("はい・いいえで答えてください。", "Please answer yes or no."),
    "bool_type": Text("はい・いいえで答えてください。", "Please answer yes or no."),
    "uuid_parsing": Text("識別子（UUID）の形ではありません。", "This is not an identifier (UUID)."),
    "literal_error": Text("選択肢から選んでください。", "Please choose one of the options."),
    "enum": Text("選択肢から選んでください。", "Please choose one of the options."),
    "too_short": Text("一つ以上必要です。", "At least one is needed."),
    "too_long": Text("多すぎます。", "There are too many."),
    "greater_than": Text("値が小さすぎます。", "This is too small."),
    "greater_than_equal": Text("値が小さすぎます。", "This is too small."),
    "less_than": Text("値が大きすぎます。", "This is too large."),
    "less_than_equal": Text("値が大きすぎます。", "This is too large."),
    "extra_forbidden": Text("この項目は受け付けません。", "This field is not taken."),
    "list_type": Text("一覧で入力してください。", "Please enter a list."),
    "dict_type": Text("JSON の対象（{…}）で入力してください。", "Please enter a JSON object ({…})."),
    "model_type": Text("JSON の対象（{…}）で入力してください。", "Please enter a JSON object ({…})."),
}
_OWN = "Value error, "
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_LIMITS: Mapping[str, Text] = {
    "string_too_long": Text("（{}文字まで）", " (at most {} characters)"),
    "string_too_short": Text("（{}文字以上）", " (at least {} characters)"),
    "too_long": Text("（{}件まで）", " (at most {})"),
    "too_short": Text("（{}件以上）", " (at least {})"),
    "greater_than": Text("（{}より大きい値）", " (more than {})"),
    "greater_than_equal": Text("（{}以上）", " ({} or more)"),
    "less_than": Text("（{}より小さい値）", " (less than {})"),
    "less_than_equal": Text("（{}まで）", " (at most {})"),
}


def say(fault: Mapping[str, str], language: str) -> str:
    """Return one fault of `PayloadError.fields` in a language; our own validators speak both, joined by ` / `."""
    message = fault.get("what", "")
    if message.startswith(_OWN):
        japanese, slash, english = message.removeprefix(_OWN).partition(" / ")
        return Text(japanese, english if slash else japanese).pick(language)
    known = _SAYINGS.get(fault.get("type", ""))
    if known is None:
        return message
    return known.pick(language) + _limit(fault.get("type", ""), message, language)


def _limit(kind: str, message: str, language: str) -> str:
    """Return the limit that a fault names, in words; empty where it names none."""
    words, number = _LIMITS.get(kind), _NUMBER.search(message)
    return words.pick(language).format(number.group()) if words and number else ""
