/// The sentences that people read when something is not possible.
module {
  public let denied = "Vous n'avez pas le droit de faire cela ici.";
  public let unknown = "Ouvrez d'abord votre propre lien d'invitation, pour que la réponse soit la vôtre.";
  public let notInvited = "Il n'y a encore rien à répondre ici. Demandez à la personne qui vous a invité.";
  public let already = "Vous avez déjà répondu. Modifiez plutôt votre réponse.";
  public let archived = "Cette partie de l'application est archivée.";
  public let gone = "Cet élément n'est plus là, ou il n'est pas à vous.";
  public func full(plural : Text) : Text = "Il n'y a plus de place dans " # plural # ".";
  public func missing(what : Text) : Text = "Il manque : " # what # ".";
  public func tooLong(what : Text, most : Text) : Text = what # " : plus de " # most # " caractères.";
  public func notEmail(what : Text) : Text = what # " : cela ne ressemble pas à une adresse e-mail.";
  public func notPhone(what : Text) : Text = what # " : cela ne ressemble pas à un numéro de téléphone.";
  public func notUrl(what : Text) : Text = what # " : il faut une adresse web qui commence par https:// ou http://.";
  public func notDate(what : Text) : Text = what # " : ce n'est pas une date.";
  public func notTime(what : Text) : Text = what # " : ce n'est pas une heure.";
  public func tooSmall(what : Text, least : Text) : Text = what # " : au moins " # least # ".";
  public func tooLarge(what : Text, most : Text) : Text = what # " : au plus " # most # ".";
  public func notOption(what : Text) : Text = what # " : ce n'est pas l'un des choix.";
  public func noSuch(what : Text) : Text = what # " : ce choix n'existe plus. Choisissez-en un autre.";
  public func taken(what : Text) : Text = what # " : déjà pris.";
  public func noPlaces(what : Text, places : Text, free : Text) : Text = what # " : sur " # places # " places, " # free # " sont libres, ce n'est pas assez.";
  public func tooFew(what : Text, taken : Text) : Text = what # " : impossible de descendre si bas, " # taken # " places sont prises.";
  public func stillUsed(what : Text, count : Text, plural : Text) : Text = what # " sert encore " # count # " fois dans " # plural # ". Changez-les d'abord.";
};
