using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using VisionCluster.Cluster.Tests.Faults;
using VisionCluster.TestKit.Processes;

namespace VisionCluster.Cluster.Tests.Driving;

/// <summary>Every image whose upload was acknowledged. Pictures are drawn from a seed: no two are alike.</summary>
internal sealed class Ledger(int seed)
{
    private const int Width = 64;
    private const int Height = 48;
    private const int HeaderBytes = 54;

    private readonly ConcurrentDictionary<string, byte[]> _images = new();
    private int _drawn;

    public IReadOnlyCollection<string> Ids => [.. _images.Keys];

    /// <summary>Uploads so many. One that a store without time refused for the moment is sent again, as a client would.</summary>
    public async Task UploadAsync(Func<byte[], Task<HttpStatusCode>> upload, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var (image, status) = (Next(), HttpStatusCode.ServiceUnavailable);
            await Eventually.TrueAsync(
                async () => (status = await TryUploadAsync(image, upload)) != HttpStatusCode.ServiceUnavailable, FaultScale.Patience, "an upload is taken");
            Assert.True(status is HttpStatusCode.Created or HttpStatusCode.OK, status.ToString());
        }
    }

    /// <summary>Uploads one more and writes it down if it was acknowledged.</summary>
    public Task<HttpStatusCode> TryUploadAsync(Func<byte[], Task<HttpStatusCode>> upload) => TryUploadAsync(Next(), upload);

    /// <summary>It was deleted.</summary>
    public void Forget(string id) => Assert.True(_images.TryRemove(id, out _));

    /// <summary>How many acknowledged images are gone or changed.</summary>
    public async Task<int> CountLostAsync(ImageDriver driver)
    {
        var lost = 0;
        foreach (var (id, image) in _images)
        {
            byte[]? kept = null;
            await Eventually.TrueAsync(
                async () => (kept = await driver.ReadAsync(id)) is not null || driver.IsNotFound,
                FaultScale.Patience,
                "the cluster says whether it has an image");
            lost += kept?.AsSpan().SequenceEqual(image) == true ? 0 : 1;
        }

        return lost;
    }

    private byte[] Next() => Draw(Interlocked.Increment(ref _drawn));

    private async Task<HttpStatusCode> TryUploadAsync(byte[] image, Func<byte[], Task<HttpStatusCode>> upload)
    {
        var status = await upload(image);
        if (status is HttpStatusCode.Created or HttpStatusCode.OK)
        {
            _images[Convert.ToHexStringLower(SHA256.HashData(image))[..32]] = image;
        }

        return status;
    }

    /// <summary>A bitmap of 24 bits a pixel, flat in places so that there is something to segment.</summary>
    private byte[] Draw(int number)
    {
        var random = new Random(unchecked(seed + (number * 7919)));
        var image = new byte[HeaderBytes + (Width * Height * 3)];
        var writer = new BinaryWriter(new MemoryStream(image));
        writer.Write("BM"u8);
        writer.Write(image.Length);
        writer.Write(0);
        writer.Write(HeaderBytes);
        writer.Write(40);
        writer.Write(Width);
        writer.Write(Height);
        writer.Write((short)1);
        writer.Write((short)24);
        random.NextBytes(image.AsSpan(HeaderBytes));
        image.AsSpan(HeaderBytes + (Width * 3 * 10), Width * 3 * 20).Fill((byte)random.Next(256));
        return image;
    }
}
