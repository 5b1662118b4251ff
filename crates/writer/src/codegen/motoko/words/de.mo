/// The sentences that people read when something is not possible.
module {
  public let denied = "Das ist hier nicht erlaubt.";
  public let unknown = "Bitte zuerst den eigenen Einladungslink öffnen, damit die Antwort zugeordnet werden kann.";
  public let notInvited = "Hier gibt es noch nichts zu beantworten. Bitte bei der einladenden Person nachfragen.";
  public let already = "Eine Antwort gibt es schon. Sie lässt sich ändern.";
  public let archived = "Dieser Teil der App wurde archiviert.";
  public let gone = "Der Eintrag ist nicht mehr da oder gehört jemand anderem.";
  public func full(plural : Text) : Text = "Unter " # plural # " ist kein Platz mehr.";
  public func missing(what : Text) : Text = what # " fehlt.";
  public func tooLong(what : Text, most : Text) : Text = what # " ist länger als " # most # " Zeichen.";
  public func notEmail(what : Text) : Text = what # " sieht nicht wie eine E-Mail-Adresse aus.";
  public func notPhone(what : Text) : Text = what # " sieht nicht wie eine Telefonnummer aus.";
  public func notUrl(what : Text) : Text = what # " muss eine Webadresse sein, die mit https:// oder http:// beginnt.";
  public func notDate(what : Text) : Text = what # " ist kein Datum.";
  public func notTime(what : Text) : Text = what # " ist keine Uhrzeit.";
  public func tooSmall(what : Text, least : Text) : Text = what # " muss mindestens " # least # " sein.";
  public func tooLarge(what : Text, most : Text) : Text = what # " darf höchstens " # most # " sein.";
  public func notOption(what : Text) : Text = what # " steht nicht zur Auswahl.";
  public func noSuch(what : Text) : Text = what # " ist nicht mehr da. Bitte etwas anderes wählen.";
  public func taken(what : Text) : Text = what # " ist schon vergeben.";
  public func noPlaces(what : Text, places : Text, free : Text) : Text = what # " hat " # places # " Plätze, davon sind " # free # " frei: nicht genug.";
  public func tooFew(what : Text, taken : Text) : Text = what # " kann nicht so klein sein: " # taken # " Plätze sind belegt.";
  public func stillUsed(what : Text, count : Text, plural : Text) : Text = what # " wird unter " # plural # " noch " # count # "-mal verwendet. Bitte zuerst dort ändern.";
};
