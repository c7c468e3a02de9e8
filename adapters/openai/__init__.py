"""Language models that speak the API of OpenAI."""
