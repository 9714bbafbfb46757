"""The committee's desk (サイバー通信情報監理委員会): docket, meetings and decisions, notices, counts (強化法46-62)."""
