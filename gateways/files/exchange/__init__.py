"""Files of the provincial platform: registers, draws and tasks in, results out (reference 6.2).

Where there is no interface, offices pass workbooks (XLSX) and CSV files, in UTF-8 or GB18030.

1. A file is checked before anything is recorded: each bad row is named by sheet and cell, with
   what is wrong. Then all good rows are given, or none while one is bad, as chosen.
2. A row is one command of the post that brings the file. Its key comes from its content, so
   the same row again changes nothing.
3. A reconciliation names what the file has and the register has not, and the other way round.
4. Memory does not grow with the rows: they are read, judged and given one by one.
"""
