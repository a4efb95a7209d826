using System.Runtime.InteropServices;
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

// The first process of a container never hears a signal that it did not ask for, and hosting asks when all is built.
using var leave = new CancellationTokenSource();
using var told = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
{
    signal.Cancel = true;
    leave.Cancel();
});
try
{
    await HostingAbstractionsHostExtensions.RunAsync(VisionServer.Create(args), leave.Token);
}
catch (Exception error) when (leave.IsCancellationRequested && error is OperationCanceledException or OrleansLifecycleCanceledException)
{
    // Told to leave before it was there: nothing is to be handed over.
}

return 0;
