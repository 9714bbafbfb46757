"""What the law says about one computer of the register: in scope or not, notified or not, by when, and why."""

DUE_RULES = (
    "kyokaho.notice.existing",
    "kyokaho.notice.early_window",
    "kyokaho.notice.designated",
    "kyokaho.notice.facility_order",
    "kyokaho.notice.new",
)
