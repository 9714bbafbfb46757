"""The authorities' side of the room: what to look at in what arrived, and what passes between office and operator.

Findings (hints, never decisions), questions and requests for correction with a target of the office's own, orders
(強化法6), the Prime Minister's opinion (7), demands of material (9), guidance (10), the sector's standing, and who has
read the concentration of products. Every step is a `Matter`: one row on each side, joined by its number.
"""
