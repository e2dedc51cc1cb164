"""Forms of many provinces as files of every format, made with what a careful reader must get from each."""
