"""Commands of voting: each is loaded when it is called, without pages and database."""
