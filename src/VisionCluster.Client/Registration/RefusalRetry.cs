using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;

namespace VisionCluster.Client;

/// <summary>Sends a call again that the cluster refused for the moment, when its <c>Retry-After</c> has passed.</summary>
internal static class RefusalRetry
{
    private const string Pipeline = "refusals";

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>Who is told to come back later than this is better told so than kept waiting.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    public static IHttpClientBuilder AddRefusalRetry(this IHttpClientBuilder builder)
    {
        builder.AddResilienceHandler(Pipeline, static (pipeline, context) =>
        {
            var retries = context.ServiceProvider.GetRequiredService<IOptions<VisionClientOptions>>().Value.MaxRetries;
            pipeline.TimeProvider = context.ServiceProvider.GetService<TimeProvider>();
            if (retries > 0)
            {
                pipeline.AddRetry(new HttpRetryStrategyOptions
                {
                    MaxRetryAttempts = retries,
                    Delay = FirstDelay,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    ShouldRetryAfterHeader = true,
                    ShouldHandle = static arguments => ValueTask.FromResult(IsForNow(arguments.Outcome, arguments.Context.GetRequestMessage())),
                });
            }
        });
        return builder;
    }

    /// <summary>A deletion may have been done before its connection failed, and would find nothing the second time.</summary>
    private static bool IsForNow(Outcome<HttpResponseMessage> outcome, HttpRequestMessage? request) => outcome switch
    {
        { Exception: HttpRequestException or SocketException } => request?.Method != HttpMethod.Delete,
        { Result: { StatusCode: HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable } answer } =>
            (answer.Headers.RetryAfter?.Delta ?? FirstDelay) is var wait && wait <= LongestWait && wait < TimeoutOf(request),
        _ => false,
    };

    /// <summary>A caller who waits no longer than that is not served by waiting.</summary>
    private static TimeSpan TimeoutOf(HttpRequestMessage? request) =>
        request is not null && request.Headers.TryGetValues(HttpCalls.TimeoutHeader, out var values)
            && double.TryParse(values.First(), CultureInfo.InvariantCulture, out var milliseconds)
            ? TimeSpan.FromMilliseconds(milliseconds)
            : TimeSpan.MaxValue;
}
