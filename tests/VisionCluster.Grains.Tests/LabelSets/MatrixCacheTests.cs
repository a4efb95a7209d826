using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Grains.LabelSets;

namespace VisionCluster.Grains.Tests.LabelSets;

public sealed class MatrixCacheTests
{
    private const int Dimension = 1024;
    private const int Entry = (Dimension * Rows * sizeof(float)) + MatrixKey.Overhead;
    private const int Rows = 64;

    private readonly MatrixCache _cache = new(Options.Create(new LabelSetOptions { MatrixBytes = Entry * 3 }));

    [Fact]
    public void Keep_BeyondTheBudget_DropsTheLeastRecentlyUsed()
    {
        _cache.Keep(Key(1), Matrix());
        _cache.Keep(Key(2), Matrix());
        _cache.Keep(Key(3), Matrix());
        Assert.NotNull(_cache.Find(Key(1)));
        _cache.Keep(Key(4), Matrix());
        Assert.Null(_cache.Find(Key(2)));
        Assert.NotNull(_cache.Find(Key(1)));
        Assert.Equal(Entry * 3, _cache.Bytes);
    }

    [Fact]
    public void Find_AnotherVersionOfTheModel_IsAMiss()
    {
        _cache.Keep(Key(1), Matrix());
        Assert.Null(_cache.Find(Key(1) with { Model = "clip@2" }));
        Assert.Null(_cache.Find(Key(1) with { Tenant = new TenantId("other") }));
        Assert.NotNull(_cache.Find(Key(1)));
    }

    [Fact]
    public void Keep_MoreThanTheWholeBudget_KeepsNothing()
    {
        _cache.Keep(Key(1), new LabelEmbeddings(Dimension, new float[Entry * 3]));
        Assert.Null(_cache.Find(Key(1)));
        Assert.Equal(0, _cache.Bytes);
    }

    private static MatrixKey Key(int labels) => new(TenantId.Default, "clip@1", (UInt128)labels, Rows);

    private static LabelEmbeddings Matrix() => new(Dimension, new float[Dimension * Rows]);
}
