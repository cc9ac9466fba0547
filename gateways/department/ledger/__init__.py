"""The delivery ledger: what each department took in of what was published for it.

A reader's receipts (`saying`, by the contract in `receipts`) travel on its control topic;
each publisher compares them with its own store (`comparing`), keeps one row for each reader
and partition (`keeping`) and declares what does not agree, with the cases concerned.
"""
