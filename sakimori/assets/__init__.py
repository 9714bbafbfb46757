"""Assets: specified critical computers (特定重要電子計算機), from the operator's own list to the filed notification.

強化法4条, 命令1-3条. The private inventory stays in the operator's own installation; what leaves is the five items of
命令2条5項 and nothing else.
"""
