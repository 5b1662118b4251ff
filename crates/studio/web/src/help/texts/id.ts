/** Indonesian: the help. */
import type { HelpTexts } from "./en";

export const id: HelpTexts = {
  ask: "Apa yang ingin Anda ketahui?",
  placeholder: "Bagaimana cara mengundang orang?",
  found: "Topik yang paling cocok:",
  none: "Tidak ada topik yang cocok dengan kata-kata ini. Semuanya ada di bawah.",
  go: (screen) => `Ke “${screen}”`,
  type: "Ketik ini di terminal pada mesin tempat Autograph berjalan:",
  keys: "Tombol ? membuka bantuan ini dari mana saja.",
  topics: {
    make: {
      title: "Membuat aplikasi",
      text: [
        "Tulis di kotak pada layar pertama apa yang harus dilakukan aplikasi: apa yang disimpannya, apa isi setiap isian, dan siapa yang boleh melihatnya. Misalnya: “Daftar piringan hitam saya: artis, judul, tahun, dan harga.”",
        "Beberapa detik kemudian aplikasinya berjalan. Di sampingnya tertulis apa yang dipahami, apa yang dianggap, dan apa yang tidak dipahami.",
      ],
      words: "baru buat bikin mulai bangun menulis contoh pertama",
    },
    change: {
      title: "Mengubah aplikasi",
      text: [
        "Buka aplikasinya, pilih “Bangun”, dan katakan dengan kata-kata Anda apa yang harus berbeda, misalnya “Tambahkan foto” atau “Hanya saya yang boleh menghapus”.",
        "Perubahan dicoba dulu pada salinan dengan data Anda yang sebenarnya. Ia hanya dijalankan bila tidak ada yang hilang dan tidak ada yang melihat lebih banyak dari sebelumnya; kalau tidak, Anda ditanya.",
      ],
      words: "ubah perubahan ganti edit kolom tambah menambah nama sesuaikan perbaiki berbeda",
    },
    stopped: {
      title: "Mengapa berhenti dan bertanya kepada saya",
      text: [
        "Karena perubahan itu akan menghilangkan data, membuka akses bagi lebih banyak orang, atau merusak sesuatu. Tidak ada yang berubah sampai Anda memutuskan.",
        "Kartunya menyebut apa yang dipertaruhkan, dengan contoh, dan menawarkan cara yang lebih lembut. “Lakukan persis yang saya minta” juga ada: titik pemulihan disimpan dulu.",
      ],
      words: "ditolak menolak diblokir pertanyaan peringatan setuju konfirmasi ditahan tidak jadi",
    },
    undo: {
      title: "Membatalkan sesuatu",
      text: [
        "Katakan “Batalkan perubahan terakhir” dalam percakapan, atau buka “Riwayat” dan kembalikan versi sebelumnya: aplikasi, datanya, dan siapa boleh apa menjadi seperti dulu.",
        "Yang dimasukkan sejak itu disisihkan dan disimpan. Bisa dikembalikan dengan cara yang sama.",
      ],
      words: "kembali batal urungkan pulihkan versi lama dulu salah keliru hilang rusak",
    },
    invite: {
      title: "Mengundang orang",
      text: [
        "Buka “Orang”, tulis namanya, pilih sebagai apa ia datang, dan buat tautan. Kirim kepada orang itu dan tidak kepada orang lain: siapa pun yang membukanya adalah orang itu bagi aplikasi.",
        "Bila tautannya hilang atau jatuh ke tangan yang salah, buat yang baru: yang lama tidak berlaku lagi. Bila aplikasi tidak punya siapa pun untuk diundang, katakan dalam percakapan siapa boleh melihat apa.",
      ],
      words: "undang undangan mengundang bagikan tamu teman anggota tim tautan kirim pengguna akun sandi rekan",
    },
    access: {
      title: "Siapa bisa melihat apa",
      text: [
        "“Akses” menyebut untuk setiap peran apa yang boleh dilihat dan dilakukannya, dan apa yang didapatnya ketika semuanya dicoba pada salinan. “Lihat sebagai” memperlihatkan aplikasi seperti mereka melihatnya.",
        "Anda mengubahnya dengan mengatakannya, misalnya “Hanya pasangan saya dan saya yang boleh melihat buku”. Yang membuat seseorang melihat lebih banyak tidak pernah dilakukan tanpa bertanya kepada Anda.",
      ],
      words: "pribadi publik umum hak izin rahasia sembunyikan boleh pengunjung privasi aman lihat",
    },
    data: {
      title: "Memasukkan dan mengeluarkan data",
      text: [
        "Masuk: di aplikasinya sendiri, buka sebuah daftar, lalu “Lainnya” dan “Impor tabel (CSV)”. Semua program lembar kerja bisa menyimpan tabel sebagai CSV.",
        "Keluar: “Data” memperlihatkan semua yang disimpan aplikasi. Cari di sana, dan simpan hasilnya sebagai CSV untuk lembar kerja atau sebagai JSON.",
      ],
      words: "impor mengimpor ekspor mengekspor excel lembar kerja csv json unduh unggah tabel berkas simpan muat",
    },
    remove: {
      title: "Menghapus aplikasi, atau yang disimpannya tentang seseorang",
      text: [
        "Seluruh aplikasi: “Setelan”, paling bawah. Simpan dulu sebagai tabel apa yang ingin Anda pertahankan; tidak ada yang mengembalikan aplikasi yang dihapus.",
        "Satu orang: cabut aksesnya di “Orang”; yang sudah dimasukkannya tetap ada. Untuk menghapus isiannya selamanya, juga dari riwayat, ada sebuah perintah.",
      ],
      words: "hapus menghapus buang lupakan singkirkan copot orang",
    },
    where: {
      title: "Di mana data disimpan",
      text: [
        "Di mesin tempat Autograph berjalan, dan tidak di tempat lain: aplikasi, yang dimasukkan, percakapan Anda. Biasanya di map `~/.local/share/autograph`, atau di map yang disebut saat dijalankan.",
        "Tidak ada yang dikirim keluar. Penulisnya bawaan; tidak perlu akun dan tidak perlu internet.",
      ],
      words: "disimpan penyimpanan awan server map folder disk internet privasi letak lokasi",
    },
    backup: {
      title: "Mencadangkan dan pindah ke mesin lain",
      text: [
        "Hentikan Autograph, salin seluruh map datanya (biasanya `~/.local/share/autograph`), lalu jalankan lagi. Salinannya berisi setiap aplikasi dengan data, riwayat, dan orang-orangnya. Simpan di tempat aman: kunci pemilik ada di dalamnya.",
        "Untuk memakai salinannya, di sini atau di mesin lain, jalankan Autograph dengan map itu. Jangan jalankan dua dengan salinan aplikasi yang sama dan berharap keduanya cocok.",
        "Bila hanya datanya, simpan sebagai tabel di “Data”.",
      ],
      words: "cadangan cadangkan backup salinan salin aman pindah memindahkan komputer baru rusak disk",
    },
    door: {
      title: "Memakai peramban lain atau perangkat lain",
      text: [
        "Studio ini hanya terbuka bagi peramban yang masuk dengan tautan sekali pakai. Buat tautan baru dan buka di peramban yang lain.",
        "Alamat yang berakhir dengan `localhost` hanya berlaku di mesin ini. Versi ini melayani mesinnya sendiri dan tidak dibuat untuk internet terbuka.",
      ],
      words: "telepon ponsel hp tablet komputer masuk tautan jaringan jauh internet alamat gawai",
    },
    model: {
      title: "Menyambungkan model bahasa",
      text: [
        "Tidak diperlukan: aplikasi ditulis oleh program dengan kamus dan aturan, yang memberi tahu apa yang tidak dipahaminya. Versi ini tidak bisa disambungkan ke model.",
        "Kode yang Anda atau sebuah model tulis di tempat lain juga bisa dijalankan. Kode itu melewati pemeriksaan yang sama seperti setiap perubahan.",
      ],
      words: "ai kecerdasan buatan chatgpt gpt claude llm api kunci asisten kode pemrogram motoko mcp hubungkan",
    },
    limits: {
      title: "Apa yang tidak bisa dilakukannya",
      text: [
        "Ia membuat aplikasi yang menyimpan daftar dan orang, dengan jawaban, pemesanan, peminjaman, pesanan, stok, pemungutan suara, halaman untuk dibaca, dan semacamnya. Ia tidak membuat permainan, peta, atau pembayaran, dan mengatakannya bila Anda memintanya.",
        "Bila ada yang tidak dipahami, katakan dengan kalimat yang lebih pendek dan satu hal setiap kali.",
      ],
      words: "mustahil batas batasan permainan game peta pembayaran kurang mengerti tidak bisa",
    },
    language: {
      title: "Mengganti bahasa",
      text: [
        "Daftar dengan gambar bola dunia, di atas, mengganti bahasa studio ini di peramban ini. Aplikasi memakai bahasa yang Anda pakai ketika memintanya.",
        "Anda bisa menulis keinginan dalam salah satu dari sepuluh bahasa ini, apa pun bahasa studionya.",
      ],
      words: "bahasa terjemahkan inggris spanyol prancis jerman cina arab hindi portugis indonesia",
    },
  },
};
