/** Portuguese: the help. */
import type { HelpTexts } from "./en";

export const pt: HelpTexts = {
  ask: "O que você quer saber?",
  placeholder: "Como convido alguém?",
  found: "Estes temas combinam melhor:",
  none: "Nenhum tema combina com essas palavras. Todos estão abaixo.",
  go: (screen) => `Ir para “${screen}”`,
  type: "Digite isto em um terminal da máquina onde o Autograph roda:",
  keys: "A tecla ? abre esta ajuda de qualquer lugar.",
  topics: {
    make: {
      title: "Criar um app",
      text: [
        "Escreva na caixa da primeira tela o que o app deve fazer: o que guarda, o que há em cada registro e quem pode ver. Por exemplo: “Uma lista dos meus discos: artista, título, ano e preço.”",
        "Em poucos segundos ele está no ar. Ao lado está o que foi entendido, o que foi suposto e o que não foi entendido.",
      ],
      words: "novo criar fazer começar construir escrever exemplo primeiro aplicativo",
    },
    change: {
      title: "Mudar um app",
      text: [
        "Abra o app, escolha “Construir” e diga com suas palavras o que deve ser diferente, por exemplo “Adicione uma nota” ou “Só eu posso apagar coisas”.",
        "A mudança é experimentada antes em uma cópia com seus dados reais. Só entra no ar se nada se perder e ninguém vir mais do que antes; senão, você é perguntado.",
      ],
      words: "mudança mudar alterar modificar editar campo adicionar acrescentar renomear adaptar melhorar diferente",
    },
    stopped: {
      title: "Por que parou e me pergunta",
      text: [
        "Porque a mudança perderia dados, deixaria mais gente entrar ou quebraria algo. Nada muda até você decidir.",
        "O cartão diz o que está em jogo, com exemplos, e oferece jeitos mais suaves. Há também “Faça exatamente o que pedi”: antes se guarda um ponto de restauração.",
      ],
      words: "recusado bloqueado pergunta aviso aprovar confirmar parou negou",
    },
    undo: {
      title: "Desfazer algo",
      text: [
        "Diga “Desfaça a última alteração” na conversa, ou abra “Histórico” e traga de volta uma versão anterior: o app, os dados e quem pode fazer o quê ficam como eram.",
        "O que foi inserido desde então é separado e guardado. Pode voltar do mesmo jeito.",
      ],
      words: "voltar atrás desfazer recuperar restaurar anterior versão erro engano perdido quebrado",
    },
    invite: {
      title: "Convidar pessoas",
      text: [
        "Abra “Pessoas”, escreva o nome, escolha como o que a pessoa vem e crie um link. Envie a essa pessoa e a mais ninguém: quem o abrir será essa pessoa para o app.",
        "Se o link se perdeu ou caiu em mãos erradas, crie outro: o antigo deixa de valer. Se o app não tem quem convidar, diga na conversa quem deve ver o quê.",
      ],
      words: "compartilhar convidado convidar amigo membro equipe link enviar usuário conta senha colega alguém gente",
    },
    access: {
      title: "Quem vê o quê",
      text: [
        "“Acesso” diz para cada papel o que pode ver e fazer, e o que se viu que ele obtém quando tudo foi experimentado em uma cópia. “Ver como” mostra o app como eles o veem.",
        "Muda-se dizendo, por exemplo “Só eu posso ver os preços”. O que deixaria alguém ver mais nunca é feito sem perguntar a você.",
      ],
      words: "privado público permissões direitos segredo esconder permitir visitante privacidade seguro pode",
    },
    data: {
      title: "Trazer dados e levar dados",
      text: [
        "Trazer: no próprio app, abra uma lista, depois “Mais” e “Importar uma tabela (CSV)”. Qualquer planilha salva uma tabela como CSV.",
        "Levar: “Dados” mostra tudo o que o app guarda. Busque ali e salve o que achou como CSV para uma planilha ou como JSON.",
      ],
      words: "importar exportar excel planilha csv json baixar enviar tabela arquivo salvar carregar",
    },
    remove: {
      title: "Excluir um app, ou o que ele guarda sobre alguém",
      text: [
        "O app inteiro: “Ajustes”, no fim da página. Salve antes como tabelas o que quiser conservar; nada traz de volta um app excluído.",
        "Uma pessoa: retire o acesso em “Pessoas”; o que ela inseriu fica. Para apagar os registros dela para sempre, também do histórico, há um comando.",
      ],
      words: "apagar excluir remover deletar esquecer livrar desinstalar pessoa",
    },
    where: {
      title: "Onde ficam os dados",
      text: [
        "Na máquina onde o Autograph roda e em nenhum outro lugar: os apps, o que foi inserido, suas conversas. Em geral ficam na pasta `~/.local/share/autograph`, ou na que foi indicada ao iniciar.",
        "Nada é enviado para fora. O escritor é embutido; não precisa de conta nem de internet.",
      ],
      words: "guardados armazenados nuvem servidor pasta disco internet privacidade",
    },
    backup: {
      title: "Cópia de segurança e mudança de máquina",
      text: [
        "Pare o Autograph, copie toda a pasta de dados (em geral `~/.local/share/autograph`) e inicie de novo. A cópia tem cada app com dados, histórico e pessoas. Guarde em lugar seguro: a chave do dono está nela.",
        "Para usar a cópia, aqui ou em outra máquina, inicie o Autograph com essa pasta. Não deixe dois rodando com cópias dos mesmos apps esperando que concordem.",
        "Se quiser só os dados, salve-os como tabelas em “Dados”.",
      ],
      words: "cópia segurança backup guardar seguro transferir mover computador novo disco quebrado",
    },
    door: {
      title: "Usar outro navegador ou outro aparelho",
      text: [
        "Este estúdio só abre em navegadores que entraram com um link de uso único. Gere um link novo e abra-o no outro navegador.",
        "Endereços que terminam em `localhost` só funcionam nesta máquina. Esta versão atende na própria máquina e não foi feita para a internet aberta.",
      ],
      words: "telefone celular tablet computador entrar login link rede remoto internet endereço dispositivo",
    },
    model: {
      title: "Ligar um modelo de linguagem",
      text: [
        "Não é preciso nenhum: os apps são escritos por um programa com léxico e regras, que diz o que não entendeu. Esta versão não pode ser ligada a um modelo.",
        "Código que você ou um modelo escreveu em outro lugar também pode ir ao ar. Passa pelas mesmas verificações que qualquer mudança.",
      ],
      words: "ia inteligência artificial chatgpt gpt claude llm api chave assistente código programador motoko mcp conectar",
    },
    limits: {
      title: "O que ele não faz",
      text: [
        "Ele cria apps que guardam listas e pessoas, com respostas, reservas, empréstimos, pedidos, estoque, votações, páginas para ler e coisas assim. Não cria jogos, mapas nem pagamentos, e avisa quando você os pede.",
        "Se algo não foi entendido, diga em frases mais curtas e uma coisa de cada vez.",
      ],
      words: "impossível limite jogo mapa pagamento falta suporta entende limitações consegue",
    },
    language: {
      title: "Mudar o idioma",
      text: [
        "A lista com o globo, no alto, muda o idioma deste estúdio neste navegador. Um app fala o idioma em que você o pediu.",
        "Você pode escrever seus pedidos em qualquer um destes dez idiomas, fale o estúdio o que falar.",
      ],
      words: "idioma língua traduzir inglês espanhol francês alemão chinês árabe hindi português",
    },
  },
};
