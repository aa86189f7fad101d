The interface speaks Dutch, French, German, Italian and Spanish, besides English.
