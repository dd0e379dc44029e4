"""Reports as files: pictures and workbooks."""
