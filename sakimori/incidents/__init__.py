"""Incidents: from awareness to two reports that arrived, and to the copies other laws ask for.

強化法5-6条・8-10条, 命令4条, 施行令3条; 個人情報保護法26条 (規則7-8条). An operator records its awareness (認知); the
law's tables say whether the event must be reported and to whom; the same report in the common form goes to the
minister (or the regional bureau) and to the Prime Minister; the personal information commission and the police receive
only what is theirs. One event is one case, however many reports it brings.
"""
