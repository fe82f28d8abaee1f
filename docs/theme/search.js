// mdBook's index has the words between spaces, without what is no Latin letter at their ends: of Chinese nothing is left.
// Here each two Chinese characters that stand together are a word, in the index and in what is searched for.
{
    const pairs = (text) => (text.match(/\p{Script=Han}+/gu) || []).flatMap(
        (run) => run.length < 2 ? [run] : Array.from({ length: run.length - 1 }, (_, at) => run.slice(at, at + 2)),
    );
    const load = elasticlunr.Index.load.bind(elasticlunr.Index);
    elasticlunr.Index.load = (data) => {
        const index = load(data);
        for (const [ref, section] of Object.entries(index.documentStore.docs)) {
            for (const field of index.getFields()) {
                const counts = new Map();
                for (const pair of pairs(section[field])) {
                    counts.set(pair, (counts.get(pair) || 0) + 1);
                }
                counts.forEach((count, pair) => index.index[field].addToken(pair, { ref, tf: Math.sqrt(count) }));
            }
        }
        const latin = index.pipeline.run.bind(index.pipeline);
        index.pipeline.run = (words) => latin(words).filter((word) => word).concat(words.flatMap(pairs));
        return index;
    };
}
