"""Recording a selection: what the engine signed comes in under its label, everything else is refused."""

from sakimori.acts import reading
from sakimori.acts.models import Obligation
from sakimori.custody.models import SelectedRecord
from tests.support import committee
from tests.support.deployment import REHEARSAL, viewer


def test_what_was_kept_comes_in_and_the_committee_is_told(parties, tmp_path):
    committee.seat_members()
    measure, selection = committee.recorded(tmp_path / "out")
    assert measure["status"] == "approved"
    (row,) = reading.read(viewer("cabinet", "analyst", REHEARSAL), "custody.records", selection=selection)
    assert (row["src"], row["dst"], row["content"]["conditions"]) == ("198.51.100.7", "203.0.113.80", ["a1", "x1"])
    (notice,) = reading.read(committee.chair(), "oversight.notices")
    assert (notice["what"], notice["kept_flows"], notice["findings"]) == ("selection", 1, [])
    assert set(Obligation.objects.values_list("rule", "status")) == {
        ("measures.approval", "settled"),
        ("measures.transit.period", "open"),
        ("custody.retention.max", "open"),
        ("custody.notice", "settled"),
    }
    assert SelectedRecord.objects.get().labels == {"content": ["selected_information"]}
