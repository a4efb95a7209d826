using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Models.Sam;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Benchmarks.Gpu;

/// <summary>More clicks in one run than the device's arena has room for: they are answered all the same, in smaller runs.</summary>
internal sealed class OutOfMemory : IGpuCheck
{
    private const int Clicks = 64;

    public async Task RunAsync(OnnxDevice device, OnnxOptions options, Action<string, Figure> write)
    {
        // 64 SAM-sized maps are 256 MiB; the largest single buffer of eight fits.
        var tight = new OnnxOptions { CudaMemoryLimitBytes = 96 << 20 };
        using var pair = new DecoderPair(SamDecoders.FullSize(), device, tight);
        var environment = new BatchingEnvironment(
            TimeProvider.System,
            static _ => 1,
            new BatchingInstruments(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>()),
            static _ => { });
        await using var queue = new BatchExecutor<SamDecoderInput, SamDecoderOutput>(
            "tight", pair.Runner(false), new BatchingOptions { MaxBatchSize = Clicks, MaxQueueDelayMicroseconds = 50_000 }, environment);
        var answers = await Task.WhenAll(Enumerable.Range(0, Clicks).Select(i => AnswerAsync(queue, pair.Click(false, i))));
        double answered = answers.Count(static batch => batch > 0);
        write(
            "64 clicks in an arena of 96 MiB, answered",
            new Figure(answered, answered, answered, "", true, $"largest run that fitted {answers.Max()}, smallest {answers.Min()}"));
    }

    private static async Task<int> AnswerAsync(BatchExecutor<SamDecoderInput, SamDecoderOutput> queue, SamDecoderInput click)
    {
        try
        {
            var result = await queue.EnqueueAsync(click, new WorkTicket(TenantId.Default, RequestLane.Interactive), 1, 4, default);
            result.Output.Dispose();
            return result.BatchSize;
        }
        catch (Contracts.Errors.VisionException error)
        {
            Console.WriteLine(error.InnerException?.Message ?? error.Message);
            return 0;
        }
    }
}
