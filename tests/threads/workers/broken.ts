// Never comes to serve.
throw new RangeError("at the top");
