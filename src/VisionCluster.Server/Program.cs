using VisionCluster.Server;
using VisionCluster.Server.Probing;

if (args is [HealthProbe.Verb, var url])
{
    return await HealthProbe.RunAsync(url);
}

await VisionServer.Create(args).RunAsync();
return 0;
