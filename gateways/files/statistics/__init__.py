"""The statistics form as files: XLSX and PDF in the attachment's layout, CSV for machines."""
