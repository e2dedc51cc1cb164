"""Financial tables as provinces print them, written as files, with what a careful reader gets out of them."""
