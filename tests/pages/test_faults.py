"""What is wrong with a field, in the reader's language alone, with its limit."""

import pytest
from pydantic import BaseModel, Field, ValidationError

from sakimori.pages import faults


class Sample(BaseModel):
    name: str = Field("ab", min_length=2, max_length=200)
    count: int = Field(1, ge=1, le=9)


@pytest.mark.parametrize(
    ("given", "ja", "en"),
    [
        ({"name": "x" * 201}, "200文字まで", "at most 200 characters"),
        ({"name": "x"}, "2文字以上", "at least 2 characters"),
        ({"count": 10}, "9まで", "at most 9"),
        ({"count": 0}, "1以上", "1 or more"),
    ],
)
def test_a_limit_is_said_in_words_of_one_language(given, ja, en):
    with pytest.raises(ValidationError) as raised:
        Sample(**given)
    (fault,) = raised.value.errors()
    told = {"what": fault["msg"], "type": fault["type"]}
    assert ja in faults.say(told, "ja")
    assert en in faults.say(told, "en")
    assert "should" not in faults.say(told, "ja")
