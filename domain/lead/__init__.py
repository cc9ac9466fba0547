"""Leads between organs (线索移送): transfer, receipt, assessment, disposal, supervised listing."""
