/// The sentences that people read when something is not possible.
module {
  public let denied = "Você não tem permissão para fazer isto aqui.";
  public let unknown = "Abra primeiro o seu próprio link de convite, para que a resposta seja sua.";
  public let notInvited = "Ainda não há nada para responder aqui. Pergunte a quem convidou você.";
  public let already = "Você já respondeu. Pode alterar a sua resposta.";
  public let archived = "Esta parte do aplicativo está arquivada.";
  public let gone = "Já não está aqui, ou não é seu.";
  public func full(plural : Text) : Text = "Não cabe mais nada em " # plural # ".";
  public func missing(what : Text) : Text = "Falta: " # what # ".";
  public func tooLong(what : Text, most : Text) : Text = what # ": mais de " # most # " caracteres.";
  public func notEmail(what : Text) : Text = what # ": não parece um endereço de e-mail.";
  public func notPhone(what : Text) : Text = what # ": não parece um número de telefone.";
  public func notUrl(what : Text) : Text = what # ": precisa ser um endereço da web que comece com https:// ou http://.";
  public func notDate(what : Text) : Text = what # ": não é uma data.";
  public func notTime(what : Text) : Text = what # ": não é um horário.";
  public func tooSmall(what : Text, least : Text) : Text = what # ": no mínimo " # least # ".";
  public func tooLarge(what : Text, most : Text) : Text = what # ": no máximo " # most # ".";
  public func notOption(what : Text) : Text = what # ": não é uma das opções.";
  public func noSuch(what : Text) : Text = what # ": já não existe. Escolha outra opção.";
  public func taken(what : Text) : Text = what # ": já está em uso.";
  public func noPlaces(what : Text, places : Text, free : Text) : Text = what # ": de " # places # " lugares, " # free # " estão livres; não é suficiente.";
  public func tooFew(what : Text, taken : Text) : Text = what # ": não pode ser tão pequeno, há " # taken # " lugares ocupados.";
  public func stillUsed(what : Text, count : Text, plural : Text) : Text = what # " ainda é usado " # count # " vezes em " # plural # ". Altere isso primeiro.";
};
