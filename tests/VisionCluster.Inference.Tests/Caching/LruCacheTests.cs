using CsCheck;
using VisionCluster.Inference.Caching;

namespace VisionCluster.Inference.Tests.Caching;

public sealed class LruCacheTests
{
    private const int Budget = 20;

    /// <summary>A key, what is done with it, and the size of what is kept.</summary>
    private static readonly Gen<(int Key, int Action, int Size)[]> Uses =
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 3], Gen.Int[1, Budget + 2]).Array[1, 200];

    [Fact]
    public void Use_AnyOrder_KeepsWhatAPlainListKeeps() => Uses.Sample(uses =>
    {
        var cache = new LruCache<int, string>(static () => Budget, static value => value.Length);
        var plain = new List<(int Key, string Value)>();
        foreach (var (key, action, size) in uses)
        {
            var (at, value) = (plain.FindIndex(kept => kept.Key == key), new string((char)('a' + key), size));
            switch (action)
            {
                case 0:
                    Assert.Equal(at < 0 ? null : plain[at].Value, cache.Find(key));
                    Touch(plain, at);
                    break;
                case 1:
                    Assert.Equal(at < 0 && size <= Budget, cache.TryAdd(key, value));
                    Keep(plain, key, value, at < 0);
                    break;
                case 2:
                    Assert.Equal(size <= Budget, cache.Put(key, value));
                    plain.RemoveAll(kept => kept.Key == key);
                    Keep(plain, key, value, true);
                    break;
                default:
                    Assert.Equal(at >= 0, cache.Remove(key));
                    plain.RemoveAll(kept => kept.Key == key);
                    break;
            }

            Assert.Equal(plain.Sum(kept => kept.Value.Length), cache.Size);
        }
    });

    [Fact]
    public void TryAdd_BudgetThatShrank_IsKeptAgain()
    {
        var budget = 3;
        var cache = new LruCache<string, string>(() => budget, static _ => 1);
        Array.ForEach(["a", "b", "c"], key => cache.TryAdd(key, key));
        budget = 1;
        Assert.True(cache.TryAdd("d", "d"));
        Assert.Equal((1, "d", null), (cache.Size, cache.Find("d"), cache.Find("c")));
    }

    [Fact]
    public void Remove_ValueWhoseSizeChangedMeanwhile_GivesBackWhatWasCounted()
    {
        var cache = new LruCache<int, List<int>>(static () => Budget, static value => value.Count);
        List<int> growing = [1, 2];
        cache.Put(1, growing);
        cache.Put(2, [1, 2, 3]);
        growing.AddRange([3, 4, 5, 6]);

        cache.Remove(1);

        Assert.Equal(3, cache.Size);
    }

    private static void Touch(List<(int Key, string Value)> plain, int at)
    {
        if (at >= 0)
        {
            var kept = plain[at];
            plain.RemoveAt(at);
            plain.Insert(0, kept);
        }
    }

    private static void Keep(List<(int Key, string Value)> plain, int key, string value, bool add)
    {
        if (!add || value.Length > Budget)
        {
            return;
        }

        while (plain.Sum(kept => kept.Value.Length) + value.Length > Budget)
        {
            plain.RemoveAt(plain.Count - 1);
        }

        plain.Insert(0, (key, value));
    }
}
