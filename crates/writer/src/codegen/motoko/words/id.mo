/// The sentences that people read when something is not possible.
module {
  public let denied = "Anda tidak boleh melakukan ini di sini.";
  public let unknown = "Buka dulu tautan undangan Anda sendiri, supaya jawabannya tercatat atas nama Anda.";
  public let notInvited = "Belum ada yang perlu Anda jawab di sini. Tanyakan kepada yang mengundang Anda.";
  public let already = "Anda sudah menjawab. Ubah saja jawaban Anda.";
  public let archived = "Bagian aplikasi ini sudah diarsipkan.";
  public let gone = "Sudah tidak ada lagi, atau bukan milik Anda.";
  public func full(plural : Text) : Text = "Sudah tidak ada tempat lagi di " # plural # ".";
  public func missing(what : Text) : Text = what # " belum diisi.";
  public func tooLong(what : Text, most : Text) : Text = what # " lebih dari " # most # " karakter.";
  public func notEmail(what : Text) : Text = what # " tidak tampak seperti alamat email.";
  public func notPhone(what : Text) : Text = what # " tidak tampak seperti nomor telepon.";
  public func notUrl(what : Text) : Text = what # " harus berupa alamat web yang diawali https:// atau http://.";
  public func notDate(what : Text) : Text = what # " bukan tanggal.";
  public func notTime(what : Text) : Text = what # " bukan jam.";
  public func tooSmall(what : Text, least : Text) : Text = what # " paling sedikit " # least # ".";
  public func tooLarge(what : Text, most : Text) : Text = what # " paling banyak " # most # ".";
  public func notOption(what : Text) : Text = what # " bukan salah satu pilihan.";
  public func noSuch(what : Text) : Text = what # " sudah tidak ada. Pilih yang lain.";
  public func taken(what : Text) : Text = what # " sudah dipakai.";
  public func noPlaces(what : Text, places : Text, free : Text) : Text = what # ": dari " # places # " tempat tersisa " # free # ", tidak cukup.";
  public func tooFew(what : Text, taken : Text) : Text = what # " tidak boleh sekecil itu: " # taken # " tempat sudah terisi.";
  public func stillUsed(what : Text, count : Text, plural : Text) : Text = what # " masih dipakai " # count # " kali di " # plural # ". Ubah itu dulu.";
};
