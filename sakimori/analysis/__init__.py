"""Analysis: bringing reports, notifications and advisories together into 総合整理分析情報 (強化法37条, 38条)."""
