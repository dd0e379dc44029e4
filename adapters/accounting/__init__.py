"""Where invoices come from: ledger files and accounting systems."""
