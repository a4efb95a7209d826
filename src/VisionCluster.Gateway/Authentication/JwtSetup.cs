using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Gateway.Authentication;

/// <summary>Checks tokens by ASP.NET Core's handler and takes tenant and role from their claims.</summary>
internal static class JwtSetup
{
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    public static void Configure(IServiceCollection services) => services
        .AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
        .Configure<IOptions<JwtOptions>>(static (bearer, options) => Configure(bearer, options.Value));

    private static void Configure(JwtBearerOptions bearer, JwtOptions options)
    {
        bearer.MapInboundClaims = false;
        bearer.RequireHttpsMetadata = options.RequireHttpsMetadata;
        bearer.Authority = options.Authority.Length > 0 ? options.Authority : null;
        bearer.Audience = options.Audience;
        bearer.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAudience = options.Audience,
            ValidIssuer = options.Issuer.Length > 0 ? options.Issuer : null,
            IssuerSigningKeys = options.PublicKeys.Count > 0 ? options.PublicKeys.Select(Key).ToArray() : null,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = ClockSkew,
        };
        bearer.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                Admit(context, options);
                return Task.CompletedTask;
            },
        };
    }

    private static RsaSecurityKey Key(string pem)
    {
        // Owned by the key for as long as the server lives.
        var rsa = RSA.Create();
        rsa.ImportFromPem(pem);
        return new RsaSecurityKey(rsa);
    }

    /// <summary>Nothing of the token but its tenant and whether it is an operator's goes on.</summary>
    private static void Admit(TokenValidatedContext context, JwtOptions options)
    {
        var token = context.Principal!;
        try
        {
            var tenant = new TenantId(token.FindFirstValue(options.TenantClaim) ?? "");
            var isOperator = token.FindAll(options.RoleClaim).Any(role => role.Value == options.OperatorRole);
            context.Principal = TenantClaim.PrincipalOf(tenant, isOperator, JwtBearerDefaults.AuthenticationScheme);
        }
        catch (VisionException)
        {
            context.Fail($"The token's claim '{options.TenantClaim}' names no tenant.");
        }
    }
}
