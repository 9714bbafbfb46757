"""Decision tables: their model, the parts of their interpreter (modules in `_name`), and typed evaluators.

`assets` and `notices` (強化法4), `incidents` (強化法5), `releases` (強化法38-42), `plans` (推進法54),
`personal` (個人情報保護法26),
`sectors` (accident reports of electricity, gas, railway, telecommunications and broadcasting).
"""
