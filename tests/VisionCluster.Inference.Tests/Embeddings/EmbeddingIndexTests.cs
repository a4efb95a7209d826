using CsCheck;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.Embeddings;

namespace VisionCluster.Inference.Tests.Embeddings;

public sealed class EmbeddingIndexTests
{
    private const int Dimension = 16;
    private const string Model = "clip@1";
    private static readonly TenantId Tenant = new("a");

    private readonly EmbeddingIndex _index = new();

    [Fact]
    public void Search_AnyRowsAndRemovals_FindsWhatComparingEachOneFinds() => Gen.Select(
        Gen.Float[-1, 1].Array[Dimension].Array[1, 60], Gen.Float[-1, 1].Array[Dimension], Gen.Int[1, 20], Gen.Int[0, 59].Array[0, 40])
        .Sample((rows, query, topK, removed) =>
        {
            var index = new EmbeddingIndex();
            var kept = new Dictionary<string, float[]>(StringComparer.Ordinal);
            for (var i = 0; i < rows.Length; i++)
            {
                kept[$"i{i}"] = rows[i];
                index.Add(Key($"i{i}"), rows[i]);
            }

            foreach (var i in removed)
            {
                kept.Remove($"i{i}");
                index.Remove(Key($"i{i}"));
            }

            var (found, compared) = index.Search(Tenant, Model, query, topK);
            var expected = kept.Select(pair => (pair.Key, Score: pair.Value.Zip(query, (a, b) => (double)a * b).Sum()))
                .OrderByDescending(pair => pair.Score).Take(topK).ToArray();
            Assert.Equal((kept.Count, expected.Length), (compared, found.Length));
            Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-4));
        });

    [Fact]
    public void Search_ManyRowsOnAllCores_FindsTheOnesThatWerePut()
    {
        var random = new Random(7);
        for (var i = 0; i < 50_000; i++)
        {
            _index.Add(Key($"i{i}"), [.. Enumerable.Range(0, Dimension).Select(_ => random.NextSingle() * 0.1f)]);
        }

        var query = new float[Dimension];
        query[3] = 1;
        foreach (var (place, score) in new[] { (0, 1f), (25_000, 0.9f), (49_999, 0.8f) })
        {
            var row = new float[Dimension];
            row[3] = score;
            _index.Add(Key($"i{place}"), row);
        }

        var (found, compared) = _index.Search(Tenant, Model, query, 3);
        Assert.Equal(50_000, compared);
        Assert.Equal([new("i0", 1f), new("i25000", 0.9f), new FoundImage("i49999", 0.8f)], found);
    }

    [Fact]
    public void Search_OtherTenantsAndModels_SeeNothing()
    {
        _index.Add(Key("i"), new float[Dimension]);
        Assert.Equal(0, _index.Search(new TenantId("b"), Model, new float[Dimension], 1).Compared);
        Assert.Equal(0, _index.Search(Tenant, "clip@2", new float[Dimension], 1).Compared);
        Assert.Equal(1, _index.Search(Tenant, Model, new float[Dimension], 1).Compared);
    }

    private static EmbeddingKey Key(string id) => new(new ImageKey(Tenant, id), Model);
}
