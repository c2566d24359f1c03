"""Job titles to occupations of the 职业分类大典 (2022), with a confidence.

title --titles--> parts --candidates--> occupations --evidence--> numbers --model--> probabilities
descriptions and skills are heard beside the title; ``link`` wires the stages; docs/occupations.md
"""
