*Sign out everywhere* ends the tokens of plone.restapi, too, where its plugin stores them. Page, command and REST say what has ended in this site and what goes on.
