using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Search;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Grains.TextEmbeddings;
using VisionCluster.Inference.Devices;
using VisionCluster.Inference.Embeddings;
using VisionCluster.TestKit.Processes;
using VisionCluster.TestKit.Samples;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Grains.Tests.Search;

public sealed class ImageSearchTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly string[] Names = ["noto-1", "held-twemoji-1"];

    [Fact]
    public async Task Search_ByAnImageOfTheTenant_FindsItFirst()
    {
        var ids = await UploadAsync(shared.Server, "byimage");
        var answer = await SearchAsync(shared.Server, "byimage", new SearchRequest { Image = ids[1] });
        Assert.Equal([ids[1], ids[0]], answer.Results.Select(result => result.Image));
        Assert.Equal(1, answer.Results[0].Score, 1e-5);
        Assert.Equal((2, true, "starter-clip"), (answer.Compared, answer.Complete, answer.Model));
    }

    [Fact]
    public async Task Search_ByBytes_FindsTheSessionOfTheSamePicture()
    {
        var ids = await UploadAsync(shared.Server, "bybytes");
        var url = $"data:image/png;base64,{Convert.ToBase64String(Sample.Load(Names[0]).Bytes)}";
        var answer = await SearchAsync(shared.Server, "bybytes", new SearchRequest { Image = url, TopK = 1 });
        Assert.Equal(ids[0], Assert.Single(answer.Results).Image);
    }

    [Fact]
    public async Task Search_ByText_RanksEveryImageByItsCosine()
    {
        await UploadAsync(shared.Server, "bytext");
        var answer = await SearchAsync(shared.Server, "bytext", new SearchRequest { Text = "pizza" });
        Assert.Equal(2, answer.Results.Count);
        Assert.True(answer.Results[0].Score >= answer.Results[1].Score);
    }

    [Fact]
    public async Task Search_OtherTenantsAndDeletedImages_AreNotFound()
    {
        var ids = await UploadAsync(shared.Server, "owner");
        Assert.Empty((await SearchAsync(shared.Server, "stranger", new SearchRequest { Text = "pizza" })).Results);
        await Session(shared.Server, "owner", ids[0]).DeleteAsync(default);
        var answer = await SearchAsync(shared.Server, "owner", new SearchRequest { Text = "pizza" });
        Assert.Equal([ids[1]], answer.Results.Select(result => result.Image));
    }

    [Fact]
    public async Task Search_EmbeddingWhoseSessionIsGone_IsLeftOutAndForgotten()
    {
        var ids = await UploadAsync(shared.Server, "gone");
        var index = shared.Server.Services.GetRequiredService<DeviceHosts>().All.Single().Embeddings.Index;
        var dimension = (await Session(shared.Server, "gone", ids[0]).EmbedAsync(null, CallOptions.Default, default)).Rows.Dimension;
        var model = shared.Server.Services.GetRequiredService<TextModels>().ForImages(null);
        var gone = new EmbeddingKey(new ImageKey(new TenantId("gone"), new string('0', 32)), model);
        var (found, _) = index.Search(new TenantId("gone"), model, new float[dimension], 10);
        Assert.Equal(2, found.Length);
        index.Add(gone, new float[dimension]);
        var answer = await SearchAsync(shared.Server, "gone", new SearchRequest { Image = ids[0] });
        Assert.Equal(2, answer.Results.Count);
        Assert.DoesNotContain(answer.Results, result => result.Image == gone.Image.ImageId);
        index.Remove(gone);
    }

    [Fact]
    public async Task Search_TwoSilosWithDevices_FindsTheImagesOfBoth()
    {
        const int Fewest = 12, Most = 200;
        await using var one = await VisionTestServer.StartAsync();
        var primary = one.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.Endpoint.Port;
        await using var two = await VisionTestServer.StartAsync(null, $"Vision:Cluster:PrimaryPort={primary}");

        // Where a session goes is drawn by lot, and the second silo is known a moment after it has joined.
        var (bytes, images) = (Sample.Load(Names[0]).Bytes, 0);
        for (; images < Fewest || (images < Most && new[] { one, two }.Any(static server => BytesHeldBy(server) == 0)); images++)
        {
            // What stands behind a PNG's end makes another image of it.
            await UploadAsync(one, "both", [.. bytes, (byte)images]);
        }

        Assert.All(new[] { one, two }, static server => Assert.True(BytesHeldBy(server) > 0));
        SearchResponse? answer = null;
        await Eventually.TrueAsync(
            async () => (answer = await SearchAsync(two, "both", new SearchRequest { Text = "pizza", TopK = 5 })).Compared == images, Limit, "both have told of their devices");
        Assert.Equal((5, true), (answer!.Results.Count, answer.Complete));
    }

    [Fact]
    public async Task Search_NothingToLookFor_IsRefused()
    {
        var error = await Assert.ThrowsAsync<VisionException>(() => SearchAsync(shared.Server, "bad", new SearchRequest { TopK = 0 }));
        Assert.Equal(2, error.Violations.Count);
    }

    private static long BytesHeldBy(VisionTestServer server) => server.Services.GetRequiredService<DeviceHosts>().All.Single().Embeddings.Bytes;

    private static Task<SearchResponse> SearchAsync(VisionTestServer server, string tenant, SearchRequest request) =>
        server.Services.GetRequiredService<IGrainFactory>().GetGrain<IOneShotGrain>(OneShotKey.Next(new TenantId(tenant)).ToString())
            .SearchAsync(request, CallOptions.Default, default);

    private static IImageSessionGrain Session(VisionTestServer server, string tenant, string id) =>
        server.Services.GetRequiredService<IGrainFactory>().GetGrain<IImageSessionGrain>(new ImageKey(new TenantId(tenant), id).ToString());

    private static async Task<string[]> UploadAsync(VisionTestServer server, string tenant) =>
        [await UploadAsync(server, tenant, Sample.Load(Names[0]).Bytes), await UploadAsync(server, tenant, Sample.Load(Names[1]).Bytes)];

    private static async Task<string> UploadAsync(VisionTestServer server, string tenant, byte[] bytes)
    {
        var key = ImageKey.FromDigest(new TenantId(tenant), SHA256.HashData(bytes));
        var session = Session(server, tenant, key.ImageId);
        await session.UploadAsync(new ImageContent(bytes), default);
        await session.WarmAsync(EmbeddingKind.Clip, CallOptions.Default, default);
        return key.ImageId;
    }
}
