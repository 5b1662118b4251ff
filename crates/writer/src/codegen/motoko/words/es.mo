/// The sentences that people read when something is not possible.
module {
  public let denied = "Aquí no tienes permiso para hacer esto.";
  public let unknown = "Abre primero tu propio enlace de invitación, para que la respuesta sea tuya.";
  public let notInvited = "Todavía no hay nada que responder. Pregunta a quien te invitó.";
  public let already = "Ya has respondido. Puedes cambiar tu respuesta.";
  public let archived = "Esta parte de la aplicación está archivada.";
  public let gone = "Ya no está, o no es tuyo.";
  public func full(plural : Text) : Text = "Ya no caben más en " # plural # ".";
  public func missing(what : Text) : Text = "Falta: " # what # ".";
  public func tooLong(what : Text, most : Text) : Text = what # ": más de " # most # " caracteres.";
  public func notEmail(what : Text) : Text = what # ": no parece una dirección de correo.";
  public func notPhone(what : Text) : Text = what # ": no parece un número de teléfono.";
  public func notUrl(what : Text) : Text = what # ": debe ser una dirección web que empiece por https:// o http://.";
  public func notDate(what : Text) : Text = what # ": no es una fecha.";
  public func notTime(what : Text) : Text = what # ": no es una hora.";
  public func tooSmall(what : Text, least : Text) : Text = what # ": como mínimo " # least # ".";
  public func tooLarge(what : Text, most : Text) : Text = what # ": como máximo " # most # ".";
  public func notOption(what : Text) : Text = what # ": no es una de las opciones.";
  public func noSuch(what : Text) : Text = what # ": ya no existe. Elige otra opción.";
  public func taken(what : Text) : Text = what # ": ya está en uso.";
  public func noPlaces(what : Text, places : Text, free : Text) : Text = what # ": de " # places # " plazas quedan libres " # free # ", no son suficientes.";
  public func tooFew(what : Text, taken : Text) : Text = what # ": no puede ser tan pequeño, hay " # taken # " plazas ocupadas.";
  public func stillUsed(what : Text, count : Text, plural : Text) : Text = what # " se usa todavía " # count # " veces en " # plural # ". Cambia eso primero.";
};
