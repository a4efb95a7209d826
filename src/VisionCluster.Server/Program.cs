using VisionCluster.Inference.Imaging.Isolation;
using VisionCluster.Server;
using VisionCluster.Server.Probing;

if (args is [HealthProbe.Verb, var url])
{
    return await HealthProbe.RunAsync(url);
}

if (args is [DecoderWorker.Verb, var memory, var limits])
{
    return DecoderWorker.Run(memory, limits);
}

await VisionServer.Create(args).RunAsync();
return 0;
